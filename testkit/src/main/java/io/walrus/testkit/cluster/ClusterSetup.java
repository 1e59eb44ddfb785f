package io.walrus.testkit.cluster;

import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.node.NodeConfig;
import io.walrus.node.config.MemoryConfig;
import io.walrus.node.config.SegmentConfig;
import io.walrus.node.config.Timeouts;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// The sizes and settings of one run, picked by its seed: as small as they go, so that segments roll over, leaders move
/// and files are recycled all the time.
record ClusterSetup(
        int nodes,
        int replicationFactor,
        List<String> topics,
        int clients,
        int pipelined,
        int maxPayloadBytes,
        long maxSegmentEntries,
        long requestTimeoutNs,
        long leaseNs,
        long busyNs,
        long replaceAfterNs,
        long repairBytesPerSecond,
        long wideNode,
        EngineConfig engine,
        EngineConfig unforced,
        EngineConfig wide,
        long scrubMs) {
    static final UUID CLUSTER = new UUID(1, 1);
    /// Entries longer than that are copied so much faster, else the end would not see all of them in their places.
    private static final int SMALL_BYTES = 256;

    static final long MS = 1_000_000L;
    static final long STALL_NS = 3_000 * MS;

    private static final Duration NEVER = Duration.ofDays(1);
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int MAX_FRAME_BYTES = 32 << 10;

    static ClusterSetup of(SplittableRandom random) {
        int nodes = random.nextInt(6) == 0 ? 1 + random.nextInt(5) : 3;
        int topics = 1 + random.nextInt(3);
        int fileBytes = BLOCK_BYTES * (1 + random.nextInt(3));
        long checkpointBytes = BLOCK_BYTES * (1L + random.nextInt(6));
        EngineConfig.Builder engine = EngineConfig.builder()
                .blockBytes(BLOCK_BYTES)
                .ringBlocks(2 + random.nextInt(3))
                .fileBytes(fileBytes)
                .checkpointBytes(checkpointBytes)
                .maxJournalBytes(checkpointBytes + fileBytes * (2L + random.nextInt(3)))
                .streamFileBytes(4096L << random.nextInt(6))
                .minFreeBytes(0)
                .maxOpenFiles(1 + random.nextInt(8));
        return new ClusterSetup(
                nodes,
                random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 3,
                IntStream.range(0, topics).mapToObj(i -> "topic-" + i).toList(),
                2 + random.nextInt(4),
                1 << random.nextInt(6),
                random.nextInt(3) == 0 ? 8 << 10 : 40,
                1 + random.nextInt(10),
                (1_000 + random.nextInt(4_000)) * MS,
                (300 + random.nextInt(1_700)) * MS,
                (5_000 + random.nextInt(10_000)) * MS,
                (1_500 + random.nextInt(6_000)) * MS,
                random.nextInt(4) == 0 ? 8_000 << random.nextInt(6) : 0,
                0,
                engine.build(),
                engine.policy(FsyncPolicy.os()).build(),
                engine.build(),
                random.nextInt(3) == 0 ? 0 : 5_000);
    }

    /// Of a cluster that is driven by a script: small, with times that are easily told apart.
    static ClusterSetup scripted(ScriptedOptions options) {
        EngineConfig.Builder engine = EngineConfig.builder()
                .blockBytes(BLOCK_BYTES)
                .ringBlocks(2)
                .fileBytes(4 * BLOCK_BYTES)
                .checkpointBytes(2 * BLOCK_BYTES)
                .maxJournalBytes(16 * BLOCK_BYTES)
                .streamFileBytes(BLOCK_BYTES)
                .minFreeBytes(0)
                .maxOpenFiles(8);
        return new ClusterSetup(
                options.nodes(),
                options.replicationFactor(),
                List.of(),
                0,
                0,
                SMALL_BYTES,
                options.maxSegmentEntries(),
                options.requestTimeoutMs() * MS,
                options.leaseMs() * MS,
                0,
                options.replaceAfterMs() * MS,
                0,
                options.wideNode(),
                engine.build(),
                engine.policy(FsyncPolicy.os()).build(),
                engine.policy(FsyncPolicy.group()).blockBytes(4 * BLOCK_BYTES).build(),
                options.scrubMs());
    }

    EngineConfig engine(long nodeId, Sabotage sabotage, boolean forcesNothing) {
        if (nodeId == wideNode) {
            return wide;
        }
        return forcesNothing || sabotage == Sabotage.ACKNOWLEDGED_UNFORCED ? unforced : engine;
    }

    /// @param boot how often the node was started
    /// @param disk how many disks it had before
    NodeConfig nodeConfig(long nodeId, long boot, long disk, boolean inDoubt, Sabotage sabotage) {
        return new NodeConfig(
                replica(nodeId, disk),
                bootId(nodeId, boot),
                inDoubt,
                new SegmentConfig(
                        replicationFactor,
                        maxSegmentEntries,
                        Duration.ofSeconds(1),
                        repairBytesPerSecond * Math.max(1, maxPayloadBytes / SMALL_BYTES),
                        Duration.ofMillis(scrubMs)),
                new Timeouts(
                        Duration.ofNanos(requestTimeoutNs),
                        Duration.ofNanos(leaseNs),
                        Duration.ofSeconds(1),
                        sabotage == Sabotage.STALLED_LEADERS ? NEVER : Duration.ofNanos(STALL_NS),
                        Duration.ofNanos(replaceAfterNs)),
                MemoryConfig.SMALL,
                MAX_FRAME_BYTES);
    }

    /// A node before it was ever started.
    NodeInfo nodeInfo(long nodeId) {
        return new NodeInfo(
                nodeId, address(nodeId), "client-" + nodeId + ":9000", diskId(nodeId, 0), bootId(nodeId, 0));
    }

    Replica replica(long nodeId, long disk) {
        return new Replica(nodeId, diskId(nodeId, disk));
    }

    /// Whether any one node can be lost for good, while all is well, without anything being lost with it.
    boolean survivesALoss() {
        return nodes >= 3 && replicationFactor >= 2;
    }

    /// The same at any time: of two copies one may be behind, or on a node that is away.
    boolean survivesALossAtAnyTime() {
        return Math.min(nodes, replicationFactor) >= 3;
    }

    private static UUID bootId(long nodeId, long boot) {
        return new UUID(nodeId, boot);
    }

    List<Long> nodeIds() {
        return LongStream.rangeClosed(1, nodes).boxed().toList();
    }

    static String address(long nodeId) {
        return "node-" + nodeId + ":6000";
    }

    /// The node at an address.
    static long nodeAt(String address) {
        return Long.parseLong(address.substring(5, address.indexOf(':')));
    }

    private static UUID diskId(long nodeId, long disk) {
        return new UUID(2 + disk, nodeId);
    }
}
