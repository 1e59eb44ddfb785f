package io.walrus.metadata;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.pcollections.TreePMap;

/// The fields all encodings of this package are made of, big-endian.
///
/// ```
/// text      u16 length | UTF-8
/// uuid      u64 high | u64 low
/// replicas  u8 count | (u64 node | uuid disk)...
/// cursors   u16 count | (text name | u64 segment | u64 offset)...      sorted by name
/// status    u8: 1 active, 2 leaving, 3 gone
/// node      u64 id | text raft address | text client address | uuid disk | uuid boot
/// ```
final class Fields {
    private Fields() {}

    static void writeText(DataOutput out, String text) throws IOException {
        ByteBuffer utf8;
        try {
            utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException _) {
            throw new IllegalArgumentException("text is not valid Unicode");
        }
        writeCount16(out, utf8.remaining(), "bytes of text");
        out.write(utf8.array(), utf8.arrayOffset(), utf8.remaining());
    }

    static String readText(DataInput in) throws IOException {
        byte[] utf8 = new byte[in.readUnsignedShort()];
        in.readFully(utf8);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new MalformedException("text is not UTF-8");
        }
    }

    static void writeUuid(DataOutput out, UUID uuid) throws IOException {
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
    }

    static UUID readUuid(DataInput in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    static void writeReplicas(DataOutput out, List<Replica> replicas) throws IOException {
        if (replicas.size() > 0xFF) {
            throw new IllegalArgumentException(replicas.size() + " replicas do not fit a message");
        }
        out.writeByte(replicas.size());
        for (Replica replica : replicas) {
            out.writeLong(replica.nodeId());
            writeUuid(out, replica.diskId());
        }
    }

    static List<Replica> readReplicas(DataInput in) throws IOException {
        int count = in.readUnsignedByte();
        List<Replica> replicas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            replicas.add(new Replica(in.readLong(), readUuid(in)));
        }
        return List.copyOf(replicas);
    }

    static void writeCursors(DataOutput out, Map<String, CursorPosition> cursors) throws IOException {
        writeCount16(out, cursors.size(), "cursors");
        for (Map.Entry<String, CursorPosition> cursor : new TreeMap<>(cursors).entrySet()) {
            writeText(out, cursor.getKey());
            out.writeLong(cursor.getValue().segment());
            out.writeLong(cursor.getValue().offset());
        }
    }

    static TreePMap<String, CursorPosition> readCursors(DataInput in) throws IOException {
        int count = in.readUnsignedShort();
        TreePMap<String, CursorPosition> cursors = TreePMap.empty();
        for (int i = 0; i < count; i++) {
            cursors = cursors.plus(readText(in), new CursorPosition(in.readLong(), in.readLong()));
        }
        return cursors;
    }

    static void writeNode(DataOutput out, NodeInfo node) throws IOException {
        out.writeLong(node.nodeId());
        writeText(out, node.raftAddress());
        writeText(out, node.clientAddress());
        writeUuid(out, node.diskId());
        writeUuid(out, node.bootId());
    }

    static NodeInfo readNode(DataInput in) throws IOException {
        return new NodeInfo(in.readLong(), readText(in), readText(in), readUuid(in), readUuid(in));
    }

    static void writeStatus(DataOutput out, NodeStatus status) throws IOException {
        out.writeByte(
                switch (status) {
                    case ACTIVE -> 1;
                    case LEAVING -> 2;
                    case GONE -> 3;
                });
    }

    static NodeStatus readStatus(DataInput in) throws IOException {
        return status(in.readUnsignedByte());
    }

    static NodeStatus status(int number) throws MalformedException {
        return switch (number) {
            case 1 -> NodeStatus.ACTIVE;
            case 2 -> NodeStatus.LEAVING;
            case 3 -> NodeStatus.GONE;
            default -> throw new MalformedException("a node of unknown status " + number);
        };
    }

    static void writeOpen(DataOutput out, OpenSegment open) throws IOException {
        out.writeLong(open.number());
        out.writeLong(open.leader());
        writeReplicas(out, open.replicas());
        writeCursors(out, open.startCursors());
    }

    static OpenSegment readOpen(DataInput in) throws IOException {
        return new OpenSegment(in.readLong(), in.readLong(), readReplicas(in), readCursors(in));
    }

    static void writeCount16(DataOutput out, int count, String what) throws IOException {
        if (count > 0xFFFF) {
            throw new IllegalArgumentException(count + " " + what + " do not fit a message");
        }
        out.writeShort(count);
    }
}
