package io.walrus.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/// A node's settings, valid as a whole and immutable.
///
/// @param nodeId this node's number, 1 or more
/// @param join the Raft address of a node of the cluster to join; empty for a first node
/// @param raftAdvertiseHost the host other nodes reach this one by
/// @param fsync `group`, `os` or `interval:MS`
/// @param bootstrapTopics the topics a fresh first node creates
/// @param maxUnderWay requests of one connection under way at most
/// @param leaseMs how long a node cut off from the metadata's leader goes on taking entries
/// @param nodeTimeoutMs how long a node counts as alive after it was last heard
/// @param replaceAfterMs how long a node may be silent before others take what it stores
/// @param repairBytesPerSecond how much is copied to this node in a second, 0 for as much as goes
/// @param tailMemoryBytes memory outside the heap for the newest entries
/// @param snapshotEvery metadata commands between two snapshots
/// @param ioUring whether the log is to reach the disk through io_uring, if the system has it
public record ServerConfig(
        int nodeId,
        Path dataDirectory,
        String raftHost,
        String raftAdvertiseHost,
        int raftPort,
        String clientHost,
        int clientPort,
        String join,
        long maxSegmentEntries,
        long monitorCheckMs,
        String fsync,
        int replicationFactor,
        List<String> bootstrapTopics,
        int maxFrameBytes,
        int maxUnderWay,
        int maxConnections,
        long requestTimeoutMs,
        long leaseMs,
        long nodeTimeoutMs,
        long replaceAfterMs,
        long repairBytesPerSecond,
        long tailMemoryBytes,
        long minFreeBytes,
        int eventLoops,
        long snapshotEvery,
        boolean bareJson,
        boolean ioUring,
        String logLevel) {

    public ServerConfig {
        bootstrapTopics = List.copyOf(bootstrapTopics);
    }

    static ServerConfig from(Function<Setting, String> values) {
        String advertised = values.apply(Settings.RAFT_ADVERTISE_HOST);
        String raftHost = values.apply(Settings.RAFT_HOST);
        return new ServerConfig(
                intOf(values, Settings.NODE_ID),
                Path.of(values.apply(Settings.DATA_DIR)),
                raftHost,
                advertised.isBlank() ? raftHost : advertised,
                intOf(values, Settings.RAFT_PORT),
                values.apply(Settings.CLIENT_HOST),
                intOf(values, Settings.CLIENT_PORT),
                values.apply(Settings.JOIN),
                longOf(values, Settings.MAX_SEGMENT_ENTRIES),
                longOf(values, Settings.MONITOR_CHECK_MS),
                values.apply(Settings.FSYNC),
                intOf(values, Settings.REPLICATION_FACTOR),
                topics(values.apply(Settings.BOOTSTRAP_TOPICS)),
                intOf(values, Settings.MAX_FRAME_BYTES),
                intOf(values, Settings.MAX_UNDER_WAY),
                intOf(values, Settings.MAX_CONNECTIONS),
                longOf(values, Settings.REQUEST_TIMEOUT_MS),
                longOf(values, Settings.LEASE_MS),
                longOf(values, Settings.NODE_TIMEOUT_MS),
                longOf(values, Settings.REPLACE_AFTER_MS),
                longOf(values, Settings.REPAIR_BYTES_PER_SECOND),
                longOf(values, Settings.TAIL_MEMORY_BYTES),
                longOf(values, Settings.MIN_FREE_BYTES),
                intOf(values, Settings.EVENT_LOOPS),
                longOf(values, Settings.SNAPSHOT_EVERY),
                Setting.isOn(values.apply(Settings.BARE_JSON)),
                values.apply(Settings.IO).equals("io_uring") && !Setting.isOn(values.apply(Settings.DISABLE_IO_URING)),
                values.apply(Settings.LOG).toLowerCase(java.util.Locale.ROOT));
    }

    private static int intOf(Function<Setting, String> values, Setting setting) {
        return Integer.parseInt(values.apply(setting));
    }

    private static long longOf(Function<Setting, String> values, Setting setting) {
        return Long.parseLong(values.apply(setting));
    }

    private static List<String> topics(String list) {
        return List.of(list.split(",")).stream()
                .map(String::strip)
                .filter(topic -> !topic.isEmpty())
                .distinct()
                .toList();
    }
}
