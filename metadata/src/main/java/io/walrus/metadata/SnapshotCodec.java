package io.walrus.metadata;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// A whole state as a stream. [Fields] has the fields; equal states give equal bytes.
///
/// ```
/// snapshot  u32 magic "WMET" | u16 version = 2 | u64 state version
///           | u8 has cluster id | uuid cluster id (if it has one) | u64 next topic id
///           | u32 count | (node | status)...                   by id
///           | u32 count | replicas...                          the distinct replica lists, referred to by index below
///           | u32 count | topic...                             by id
///           | u32 CRC32C of all before it
/// topic     u64 id | text name | u64 sealed entries | u64 trimmed entries
///           | u64 open segment | u64 leader | u32 replicas index | cursors
///           | u32 count | sealed segment...                    by number
/// sealed    u64 number | u64 records | u64 entries | u64 bytes | u64 leader | u32 replicas index | u64 moves
/// ```
///
/// Version 1 had no statuses and no moves: all its nodes are active, and no replica has moved.
///
/// The counts and the map of names are rebuilt when reading. A reader believes nothing before the CRC matched.
public final class SnapshotCodec {
    private static final int MAGIC = 0x574D4554;
    private static final int VERSION = 2;
    private static final int FIRST_VERSION = 1;

    private SnapshotCodec() {}

    /// Writes the state and flushes the stream, leaving it open.
    public static void write(ClusterState state, OutputStream stream) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(stream, new CRC32C());
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(checked, 1 << 16));
        out.writeInt(MAGIC);
        out.writeShort(VERSION);
        out.writeLong(state.version());
        UUID clusterId = state.clusterId();
        out.writeBoolean(clusterId != null);
        if (clusterId != null) {
            Fields.writeUuid(out, clusterId);
        }
        out.writeLong(state.nextTopicId());
        out.writeInt(state.nodes().size());
        for (NodeInfo node : state.nodes().values()) {
            Fields.writeNode(out, node);
            Fields.writeStatus(out, state.status(node.nodeId()));
        }
        Map<List<Replica>, Integer> lists = replicaLists(state);
        out.writeInt(lists.size());
        for (List<Replica> replicas : lists.keySet()) {
            Fields.writeReplicas(out, replicas);
        }
        out.writeInt(state.topics().size());
        for (Topic topic : state.topics().values()) {
            writeTopic(out, topic, lists);
        }
        out.flush();
        out.writeInt((int) checked.getChecksum().getValue());
        out.flush();
    }

    /// Reads a state back. The stream may hold nothing else.
    ///
    /// @throws MalformedException if the bytes are damaged, cut short or of an unknown version
    public static ClusterState read(InputStream stream) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(stream, 1 << 16), new CRC32C());
        DataInputStream in = new DataInputStream(checked);
        ClusterState state;
        try {
            state = readState(in);
            int expected = (int) checked.getChecksum().getValue();
            if (in.readInt() != expected) {
                throw new MalformedException("snapshot is damaged: its checksum does not match");
            }
        } catch (EOFException _) {
            throw new MalformedException("snapshot ends early");
        } catch (IllegalArgumentException e) {
            throw new MalformedException("snapshot is damaged: " + e.getMessage());
        }
        if (in.read() != -1) {
            throw new MalformedException("snapshot has bytes behind its end");
        }
        return state;
    }

    private static ClusterState readState(DataInput in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new MalformedException("not a metadata snapshot");
        }
        int version = in.readUnsignedShort();
        if (version < FIRST_VERSION || version > VERSION) {
            throw new MalformedException("snapshot of unknown version " + version);
        }
        long stateVersion = in.readLong();
        @Nullable UUID clusterId = in.readBoolean() ? Fields.readUuid(in) : null;
        long nextTopicId = in.readLong();
        TreePMap<Long, NodeInfo> nodes = TreePMap.empty();
        TreePMap<Long, NodeStatus> statuses = TreePMap.empty();
        for (int left = readCount(in); left > 0; left--) {
            NodeInfo node = Fields.readNode(in);
            nodes = nodes.plus(node.nodeId(), node);
            NodeStatus status = version == FIRST_VERSION ? NodeStatus.ACTIVE : Fields.readStatus(in);
            if (status != NodeStatus.ACTIVE) {
                statuses = statuses.plus(node.nodeId(), status);
            }
        }
        List<List<Replica>> lists = new ArrayList<>();
        for (int left = readCount(in); left > 0; left--) {
            lists.add(Fields.readReplicas(in));
        }
        TreeMap<Long, Topic> topics = new TreeMap<>();
        TreeMap<String, Long> topicIds = new TreeMap<>();
        for (int left = readCount(in); left > 0; left--) {
            Topic topic = readTopic(in, lists, version);
            topics.put(topic.topicId(), topic);
            topicIds.put(topic.name(), topic.topicId());
        }
        return new ClusterState(
                stateVersion,
                clusterId,
                nodes,
                statuses,
                SegmentCounts.of(topics.values()),
                TreePMap.fromSortedMap(topics),
                TreePMap.fromSortedMap(topicIds),
                nextTopicId);
    }

    private static void writeTopic(DataOutput out, Topic topic, Map<List<Replica>, Integer> lists) throws IOException {
        OpenSegment open = topic.open();
        out.writeLong(topic.topicId());
        Fields.writeText(out, topic.name());
        out.writeLong(topic.sealedEntries());
        out.writeLong(topic.trimmedEntries());
        out.writeLong(open.number());
        out.writeLong(open.leader());
        out.writeInt(index(lists, open.replicas()));
        Fields.writeCursors(out, open.startCursors());
        out.writeInt(topic.sealed().size());
        for (SealedSegment segment : topic.sealed().values()) {
            out.writeLong(segment.number());
            out.writeLong(segment.records());
            out.writeLong(segment.entries());
            out.writeLong(segment.bytes());
            out.writeLong(segment.leader());
            out.writeInt(index(lists, segment.replicas()));
            out.writeLong(segment.moves());
        }
    }

    private static Topic readTopic(DataInput in, List<List<Replica>> lists, int version) throws IOException {
        long topicId = in.readLong();
        String name = Fields.readText(in);
        long sealedEntries = in.readLong();
        long trimmedEntries = in.readLong();
        OpenSegment open = new OpenSegment(in.readLong(), in.readLong(), readList(in, lists), Fields.readCursors(in));
        TreeMap<Long, SealedSegment> sealed = new TreeMap<>();
        for (int left = readCount(in); left > 0; left--) {
            SealedSegment segment = new SealedSegment(
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    readList(in, lists),
                    version == FIRST_VERSION ? 0 : in.readLong());
            sealed.put(segment.number(), segment);
        }
        return new Topic(topicId, name, TreePMap.fromSortedMap(sealed), open, sealedEntries, trimmedEntries);
    }

    private static Map<List<Replica>, Integer> replicaLists(ClusterState state) {
        Map<List<Replica>, Integer> lists = new LinkedHashMap<>();
        for (Topic topic : state.topics().values()) {
            lists.putIfAbsent(topic.open().replicas(), lists.size());
            topic.sealed().values().forEach(segment -> lists.putIfAbsent(segment.replicas(), lists.size()));
        }
        return lists;
    }

    private static int index(Map<List<Replica>, Integer> lists, List<Replica> replicas) {
        return Objects.requireNonNull(lists.get(replicas), "every replica list is in the table");
    }

    private static List<Replica> readList(DataInput in, List<List<Replica>> lists) throws IOException {
        int index = in.readInt();
        if (index < 0 || index >= lists.size()) {
            throw new MalformedException("snapshot is damaged: it has no replica list " + index);
        }
        return lists.get(index);
    }

    private static int readCount(DataInput in) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            throw new MalformedException("snapshot is damaged: a count is negative");
        }
        return count;
    }
}
