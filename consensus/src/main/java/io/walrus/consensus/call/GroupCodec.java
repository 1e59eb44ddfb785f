package io.walrus.consensus.call;

import io.walrus.consensus.ClusterInfo;
import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.consensus.ProposalOutcome.NotProposed;
import io.walrus.consensus.ProposalOutcome.Unknown;
import io.walrus.consensus.RemoveOutcome;
import io.walrus.metadata.MalformedException;
import io.walrus.metadata.ResultCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What nodes say to each other about the group, as bytes; big-endian, text as a length of 16 bits and UTF-8. The
/// version is the service's.
///
/// ```
/// Propose   request: group | the command, as in the log
///           answer:  u8 1 committed | u64 index | the result
///                       2 not proposed | text reason
///                       3 unknown | text reason
///                       4 try again | text reason
/// Ask       request: empty
///           answer:  u64 node | cluster | u32 protocol | run
/// Join      request: group | u64 node | text address | run | cluster | u8 blank | u8 member | u8 forwarded
///                    | u32 timeout, ms
///           answer:  u8 1 joined
///                       2 refused | text reason
///                       3 not yet | text reason
///                       4 proceed | u64 last committed index | the group's id in 16 bytes | u64 leader
///                         | u32 members | for each: u64 node | text address
/// Remove    request: group | u64 node | u8 forwarded | u32 timeout, ms
///           answer:  u8 1 removed
///                       2 refused | text reason
///                       3 not yet | text reason
/// run       an id in 16 bytes
/// cluster   u8 0, or 1 and its id in 16 bytes
/// group     whose nodes are asked: the same, 0 from who is in none
/// ```
public final class GroupCodec {
    private GroupCodec() {}

    @FunctionalInterface
    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    public static byte[] encode(Addressed addressed) {
        return bytes(out -> {
            writeCluster(out, addressed.group());
            out.write(addressed.request());
        });
    }

    public static Addressed decodeAddressed(byte[] bytes) throws MalformedException {
        return decode(bytes, in -> new Addressed(readCluster(in), in.readAllBytes()));
    }

    public static byte[] encode(Attempt attempt) {
        return bytes(out -> {
            switch (attempt) {
                case Attempt.Over(Committed(var index, var result)) -> {
                    out.writeByte(1);
                    out.writeLong(index);
                    out.write(ResultCodec.encode(result));
                }
                case Attempt.Over(NotProposed(var reason)) -> tagged(out, 2, reason);
                case Attempt.Over(Unknown(var reason)) -> tagged(out, 3, reason);
                case Attempt.Again(var reason) -> tagged(out, 4, reason);
            }
        });
    }

    public static Attempt decodeAttempt(byte[] bytes) throws MalformedException {
        return decode(bytes, in -> {
            int tag = in.readUnsignedByte();
            return switch (tag) {
                case 1 -> new Attempt.Over(new Committed(in.readLong(), ResultCodec.decode(in.readAllBytes())));
                case 2 -> new Attempt.Over(new NotProposed(in.readUTF()));
                case 3 -> new Attempt.Over(new Unknown(in.readUTF()));
                case 4 -> new Attempt.Again(in.readUTF());
                default -> throw new MalformedException("an answer of unknown type " + tag);
            };
        });
    }

    public static byte[] encode(ClusterInfo info) {
        return bytes(out -> {
            out.writeLong(info.nodeId());
            writeCluster(out, info.clusterId());
            out.writeInt(info.protocol());
            writeId(out, info.run());
        });
    }

    public static ClusterInfo decodeClusterInfo(byte[] bytes) throws MalformedException {
        return decode(bytes, in -> new ClusterInfo(in.readLong(), readCluster(in), in.readInt(), readId(in)));
    }

    public static byte[] encode(JoinRequest request) {
        return bytes(out -> {
            out.writeLong(request.nodeId());
            out.writeUTF(request.address());
            writeId(out, request.run());
            writeCluster(out, request.clusterId());
            out.writeBoolean(request.blank());
            out.writeBoolean(request.member());
            out.writeBoolean(request.forwarded());
            out.writeInt(request.timeoutMs());
        });
    }

    public static JoinRequest decodeJoinRequest(byte[] bytes) throws MalformedException {
        return decode(
                bytes,
                in -> new JoinRequest(
                        in.readLong(),
                        in.readUTF(),
                        readId(in),
                        readCluster(in),
                        in.readBoolean(),
                        in.readBoolean(),
                        in.readBoolean(),
                        in.readInt()));
    }

    public static byte[] encode(JoinAnswer answer) {
        return bytes(out -> {
            switch (answer) {
                case JoinAnswer.Final(JoinOutcome.Joined _) -> out.writeByte(1);
                case JoinAnswer.Final(JoinOutcome.Refused(var reason)) -> tagged(out, 2, reason);
                case JoinAnswer.Final(JoinOutcome.NotYet(var reason)) -> tagged(out, 3, reason);
                case JoinAnswer.Proceed(var committed, var group, var leader, var members) -> {
                    out.writeByte(4);
                    out.writeLong(committed);
                    writeId(out, group);
                    out.writeLong(leader);
                    out.writeInt(members.size());
                    for (Map.Entry<Long, String> member : members.entrySet()) {
                        out.writeLong(member.getKey());
                        out.writeUTF(member.getValue());
                    }
                }
            }
        });
    }

    public static JoinAnswer decodeJoinAnswer(byte[] bytes) throws MalformedException {
        return decode(bytes, in -> {
            int tag = in.readUnsignedByte();
            return switch (tag) {
                case 1 -> new JoinAnswer.Final(new JoinOutcome.Joined());
                case 2 -> new JoinAnswer.Final(new JoinOutcome.Refused(in.readUTF()));
                case 3 -> new JoinAnswer.Final(new JoinOutcome.NotYet(in.readUTF()));
                case 4 -> new JoinAnswer.Proceed(in.readLong(), readId(in), in.readLong(), readMembers(in));
                default -> throw new MalformedException("an answer of unknown type " + tag);
            };
        });
    }

    public static byte[] encode(RemoveRequest request) {
        return bytes(out -> {
            out.writeLong(request.nodeId());
            out.writeBoolean(request.forwarded());
            out.writeInt(request.timeoutMs());
        });
    }

    public static RemoveRequest decodeRemoveRequest(byte[] bytes) throws MalformedException {
        return decode(bytes, in -> new RemoveRequest(in.readLong(), in.readBoolean(), in.readInt()));
    }

    public static byte[] encode(RemoveOutcome outcome) {
        return bytes(out -> {
            switch (outcome) {
                case RemoveOutcome.Removed _ -> out.writeByte(1);
                case RemoveOutcome.Refused(var reason) -> tagged(out, 2, reason);
                case RemoveOutcome.NotYet(var reason) -> tagged(out, 3, reason);
            }
        });
    }

    public static RemoveOutcome decodeRemoveOutcome(byte[] bytes) throws MalformedException {
        return decode(bytes, in -> {
            int tag = in.readUnsignedByte();
            return switch (tag) {
                case 1 -> new RemoveOutcome.Removed();
                case 2 -> new RemoveOutcome.Refused(in.readUTF());
                case 3 -> new RemoveOutcome.NotYet(in.readUTF());
                default -> throw new MalformedException("an answer of unknown type " + tag);
            };
        });
    }

    private static void writeCluster(DataOutputStream out, @Nullable UUID cluster) throws IOException {
        out.writeBoolean(cluster != null);
        if (cluster != null) {
            writeId(out, cluster);
        }
    }

    private static @Nullable UUID readCluster(DataInputStream in) throws IOException {
        return in.readBoolean() ? readId(in) : null;
    }

    private static void writeId(DataOutputStream out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static UUID readId(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static Map<Long, String> readMembers(DataInputStream in) throws IOException {
        Map<Long, String> members = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            members.put(in.readLong(), in.readUTF());
        }
        return members;
    }

    private static <T> T decode(byte[] bytes, Reader<T> reader) throws MalformedException {
        try {
            return reader.read(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (MalformedException e) {
            throw e;
        } catch (IOException e) {
            throw new MalformedException("a torn message of the group");
        }
    }

    private static void tagged(DataOutputStream out, int tag, String text) throws IOException {
        out.writeByte(tag);
        out.writeUTF(text);
    }

    private static byte[] bytes(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            body.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
