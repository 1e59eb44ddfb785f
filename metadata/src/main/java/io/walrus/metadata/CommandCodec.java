package io.walrus.metadata;

import io.walrus.metadata.Command.Batch;
import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.Command.DeleteTopic;
import io.walrus.metadata.Command.InitCluster;
import io.walrus.metadata.Command.RemoveNode;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.Command.SetNodeStatus;
import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Command.TrimTopic;
import io.walrus.metadata.Command.UpsertNode;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands as bytes, as they stand in the Raft log. [Fields] has the fields.
///
/// ```
/// command   u8 version = 1 | body
/// body      u8 type | by type:
///   1 InitCluster   uuid cluster
///   2 UpsertNode    node
///   3 RemoveNode    u64 node
///   4 CreateTopic   text name | u32 replication factor
///   5 SealSegment   u64 topic | u64 segment | u64 records | u64 entries | u64 bytes | cursors
///                   | u64 new leader | replicas
///   7 TrimTopic     u64 topic | u64 before segment
///   8 DeleteTopic   u64 topic
///   9 Batch         u16 count | body...
///  10 SetNodeStatus u64 node | u8 expected status, 0 for any | u8 status
///  11 SetReplicas   u64 topic | u64 segment | u64 moves | replicas
/// ```
///
/// Type 6 was given to a form of SetReplicas that no node ever proposed.
public final class CommandCodec {
    private static final int VERSION = 1;

    private CommandCodec() {}

    /// The bytes of a command.
    ///
    /// @throws IllegalArgumentException if a text, list or map of the command is too large for any encoding
    public static byte[] encode(Command command) {
        return Encoding.encode(VERSION, out -> write(out, command));
    }

    public static Command decode(byte[] bytes) throws MalformedException {
        return Encoding.decode(VERSION, bytes, "command", in -> read(in, true));
    }

    private static void write(DataOutput out, Command command) throws IOException {
        switch (command) {
            case InitCluster(var clusterId) -> {
                out.writeByte(1);
                Fields.writeUuid(out, clusterId);
            }
            case UpsertNode(var node) -> {
                out.writeByte(2);
                Fields.writeNode(out, node);
            }
            case RemoveNode(var nodeId) -> {
                out.writeByte(3);
                out.writeLong(nodeId);
            }
            case SetNodeStatus(var nodeId, var expected, var status) -> {
                out.writeByte(10);
                out.writeLong(nodeId);
                if (expected == null) {
                    out.writeByte(0);
                } else {
                    Fields.writeStatus(out, expected);
                }
                Fields.writeStatus(out, status);
            }
            case CreateTopic(var name, var replicationFactor) -> {
                out.writeByte(4);
                Fields.writeText(out, name);
                out.writeInt(replicationFactor);
            }
            case SealSegment seal -> {
                out.writeByte(5);
                out.writeLong(seal.topicId());
                out.writeLong(seal.segment());
                out.writeLong(seal.records());
                out.writeLong(seal.entries());
                out.writeLong(seal.bytes());
                Fields.writeCursors(out, seal.cursors());
                out.writeLong(seal.newLeader());
                Fields.writeReplicas(out, seal.newReplicas());
            }
            case SetReplicas set -> {
                out.writeByte(11);
                out.writeLong(set.topicId());
                out.writeLong(set.segment());
                out.writeLong(set.moves());
                Fields.writeReplicas(out, set.replicas());
            }
            case TrimTopic(var topicId, var beforeSegment) -> {
                out.writeByte(7);
                out.writeLong(topicId);
                out.writeLong(beforeSegment);
            }
            case DeleteTopic(var topicId) -> {
                out.writeByte(8);
                out.writeLong(topicId);
            }
            case Batch(var commands) -> {
                out.writeByte(9);
                Fields.writeCount16(out, commands.size(), "commands");
                for (Command part : commands) {
                    write(out, part);
                }
            }
        }
    }

    private static Command read(DataInputStream in, boolean batchAllowed) throws IOException {
        int type = in.readUnsignedByte();
        return switch (type) {
            case 1 -> new InitCluster(Fields.readUuid(in));
            case 2 -> new UpsertNode(Fields.readNode(in));
            case 3 -> new RemoveNode(in.readLong());
            case 4 -> new CreateTopic(Fields.readText(in), in.readInt());
            case 5 ->
                new SealSegment(
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        Fields.readCursors(in),
                        in.readLong(),
                        Fields.readReplicas(in));
            case 7 -> new TrimTopic(in.readLong(), in.readLong());
            case 8 -> new DeleteTopic(in.readLong());
            case 9 -> {
                if (!batchAllowed) {
                    throw new MalformedException("a batch within a batch");
                }
                int count = in.readUnsignedShort();
                List<Command> commands = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    commands.add(read(in, false));
                }
                yield new Batch(commands);
            }
            case 10 -> new SetNodeStatus(in.readLong(), readExpected(in), Fields.readStatus(in));
            case 11 -> new SetReplicas(in.readLong(), in.readLong(), in.readLong(), Fields.readReplicas(in));
            default -> throw new MalformedException("command of unknown type " + type);
        };
    }

    private static @Nullable NodeStatus readExpected(DataInputStream in) throws IOException {
        int number = in.readUnsignedByte();
        return number == 0 ? null : Fields.status(number);
    }
}
