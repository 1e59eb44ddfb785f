package io.walrus.consensus;

import io.walrus.transport.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/// How this node takes part in the metadata group.
///
/// @param nodeId from 1
/// @param dataDir the node's data folder; everything of this module lives in its `raft` subfolder
/// @param host the address the port is bound to
/// @param advertiseHost the host that other nodes connect to
/// @param port shared by Raft and the internal service
/// @param protocol the version of the messages between nodes beside Raft's: all nodes of a cluster have the same
/// @param whenNew how a node without a `raft` folder begins; a node that has one continues from there
/// @param snapshotEveryCommands how many commands are applied between two snapshots
/// @param electionTimeoutMin a follower that hears nothing for this long, and up to the maximum, stands for election
public record RaftConfig(
        long nodeId,
        Path dataDir,
        String host,
        String advertiseHost,
        int port,
        int protocol,
        WhenNew whenNew,
        long snapshotEveryCommands,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax) {
    public static final Duration DEFAULT_ELECTION_TIMEOUT_MIN = Duration.ofMillis(300);
    public static final Duration DEFAULT_ELECTION_TIMEOUT_MAX = Duration.ofMillis(600);

    /// How a node without metadata begins.
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

    /// The address at which other nodes reach this one, `host:port`.
    public String address() {
        return new HostPort(advertiseHost, port).toString();
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }
}
