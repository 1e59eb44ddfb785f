package io.walrus.consensus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/// How this node takes part in the metadata group.
///
/// @param nodeId from 1
/// @param dataDir the node's data folder; everything of this module lives in its `raft` subfolder
/// @param host what the port is bound to
/// @param advertiseHost what other nodes are told to connect to
/// @param port shared by Raft and the internal service
/// @param whenNew what a node without a `raft` folder does; one that has it carries on from there
/// @param snapshotEveryCommands how many commands are applied between two snapshots
/// @param electionTimeoutMin a follower that hears nothing for this long, and up to the maximum, stands for election
public record RaftConfig(
        long nodeId,
        Path dataDir,
        String host,
        String advertiseHost,
        int port,
        WhenNew whenNew,
        long snapshotEveryCommands,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax) {
    public static final long DEFAULT_SNAPSHOT_EVERY_COMMANDS = 20_000;
    public static final Duration DEFAULT_ELECTION_TIMEOUT_MIN = Duration.ofMillis(300);
    public static final Duration DEFAULT_ELECTION_TIMEOUT_MAX = Duration.ofMillis(600);

    /// What a node does that has no metadata yet.
    public enum WhenNew {
        /// Begin a cluster of its own, as the only voter.
        BOOTSTRAP,
        /// Wait to be taken into an existing cluster.
        JOIN
    }

    public RaftConfig {
        Objects.requireNonNull(dataDir, "dataDir");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(advertiseHost, "advertiseHost");
        Objects.requireNonNull(whenNew, "whenNew");
        require(nodeId >= 1, "node ids start at 1");
        require(port >= 1 && port <= 65_535, "a port is 1 to 65535");
        require(snapshotEveryCommands >= 1, "at least one command between snapshots");
        require(electionTimeoutMin.isPositive(), "the election timeout is positive");
        require(electionTimeoutMin.compareTo(electionTimeoutMax) < 0, "the election timeout is a range");
    }

    /// The configuration with the default timeouts and snapshots.
    public static RaftConfig of(
            long nodeId, Path dataDir, String host, String advertiseHost, int port, WhenNew whenNew) {
        return new RaftConfig(
                nodeId,
                dataDir,
                host,
                advertiseHost,
                port,
                whenNew,
                DEFAULT_SNAPSHOT_EVERY_COMMANDS,
                DEFAULT_ELECTION_TIMEOUT_MIN,
                DEFAULT_ELECTION_TIMEOUT_MAX);
    }

    /// Where other nodes reach this one, `host:port`.
    public String address() {
        return advertiseHost + ":" + port;
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }
}
