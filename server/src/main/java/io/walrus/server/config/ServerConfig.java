package io.walrus.server.config;

import io.walrus.node.config.SegmentConfig;
import io.walrus.node.config.Timeouts;
import io.walrus.transport.HostPort;
import org.jspecify.annotations.Nullable;

/// A node's settings, valid as a whole and immutable. Each group goes down as it is to the part that it is for.
///
/// @param nodeId this node's number, 1 or more
public record ServerConfig(
        int nodeId,
        ClusterConfig cluster,
        DiskConfig disk,
        ListenerConfig listener,
        SegmentConfig segments,
        Timeouts timeouts) {

    /// What is wrong with settings each of which is right by itself, or null.
    static @Nullable String violation(SettingValues values) {
        String raftHost = values.of(Settings.RAFT_HOST);
        boolean isReachable =
                !values.of(Settings.RAFT_ADVERTISE_HOST).isEmpty() || HostPort.hostFault(raftHost) == null;
        return isReachable
                ? null
                : Settings.RAFT_ADVERTISE_HOST.flag() + " is required beside " + Settings.RAFT_HOST.flag() + " "
                        + raftHost + ": the name or address by which the other nodes reach this one";
    }

    static ServerConfig from(SettingValues values) {
        String raftHost = values.of(Settings.RAFT_HOST);
        String advertised = values.of(Settings.RAFT_ADVERTISE_HOST);
        return new ServerConfig(
                values.of(Settings.NODE_ID),
                new ClusterConfig(
                        raftHost,
                        advertised.isEmpty() ? raftHost : advertised,
                        values.of(Settings.RAFT_PORT),
                        values.of(Settings.JOIN),
                        values.of(Settings.BOOTSTRAP_TOPICS),
                        values.of(Settings.SNAPSHOT_EVERY)),
                new DiskConfig(
                        values.of(Settings.DATA_DIR),
                        values.of(Settings.FSYNC),
                        values.of(Settings.IO).equals("io_uring") && !values.of(Settings.DISABLE_IO_URING),
                        values.of(Settings.TAIL_MEMORY_BYTES),
                        values.of(Settings.MIN_FREE_BYTES)),
                new ListenerConfig(
                        values.of(Settings.CLIENT_HOST),
                        values.of(Settings.CLIENT_PORT),
                        values.of(Settings.EVENT_LOOPS),
                        new ClientLimits(
                                values.of(Settings.MAX_CONNECTIONS),
                                values.of(Settings.MAX_UNDER_WAY),
                                values.of(Settings.MAX_FRAME_BYTES)),
                        values.of(Settings.BARE_JSON)),
                new SegmentConfig(
                        values.of(Settings.REPLICATION_FACTOR),
                        values.of(Settings.MAX_SEGMENT_ENTRIES),
                        values.of(Settings.MONITOR_CHECK_MS),
                        values.of(Settings.REPAIR_BYTES_PER_SECOND),
                        values.of(Settings.SCRUB_DAYS)),
                new Timeouts(
                        values.of(Settings.REQUEST_TIMEOUT_MS),
                        values.of(Settings.LEASE_MS),
                        values.of(Settings.NODE_TIMEOUT_MS),
                        values.of(Settings.STALL_TIMEOUT_MS),
                        values.of(Settings.REPLACE_AFTER_MS)));
    }
}
