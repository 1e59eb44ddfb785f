package io.walrus.server;

import io.walrus.metadata.Applied;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.node.Node;
import io.walrus.node.NodeConfig;
import io.walrus.node.NodePorts;
import io.walrus.node.config.MemoryConfig;
import io.walrus.node.config.SegmentConfig;
import io.walrus.node.config.Timeouts;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.Waiters;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.request.ClusterView;
import io.walrus.node.request.NodeFigures;
import io.walrus.node.request.Reports;
import io.walrus.node.request.SealReport;
import io.walrus.node.request.TopicState;
import io.walrus.server.folder.ScrubFile;
import io.walrus.server.log.ReaderPool;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// A node that leads the topic `t` alone, on a real log, with nobody to talk to.
public final class LoneNode {
    public static final String METRICS = "{metrics}";
    public static final String CLUSTER = "{cluster}";

    private static final Replica SELF = new Replica(1, new UUID(1, 1));
    private static final UUID BOOT = new UUID(2, 2);

    private LoneNode() {}

    /// A node that time has yet to pass for.
    public static Node open(LogEngine log, Metadata metadata, Clock clock, ReaderPool readers, Waiters clients) {
        NodeConfig config = new NodeConfig(
                SELF,
                BOOT,
                false,
                new SegmentConfig(1, 1_000, Duration.ofSeconds(10), 0, Duration.ZERO),
                new Timeouts(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5)),
                MemoryConfig.SMALL,
                1 << 20);
        Node node = new Node(
                config,
                log,
                clock,
                new NodePorts(
                        metadata,
                        address -> {
                            throw new IllegalStateException("there is no other node");
                        },
                        readers,
                        new ScrubFile(Path.of("none")),
                        new Reports() {
                            @Override
                            public String state(TopicState topic) {
                                return topic.metadata().name();
                            }

                            @Override
                            public String seal(SealReport report) {
                                return report.topic();
                            }

                            @Override
                            public String cluster(ClusterView view) {
                                return CLUSTER;
                            }

                            @Override
                            public String metrics(NodeFigures figures) {
                                return METRICS;
                            }
                        },
                        clients),
                new SealRules());
        ClusterState alone = ClusterState.EMPTY
                .apply(new Command.InitCluster(new UUID(3, 3)))
                .state()
                .apply(new Command.UpsertNode(
                        new NodeInfo(SELF.nodeId(), "127.0.0.1:1", "127.0.0.1:2", SELF.diskId(), BOOT)))
                .state();
        Applied topic = alone.apply(new Command.CreateTopic("t", 1));
        node.enter();
        node.restored(alone);
        node.applied(topic);
        node.exit();
        return node;
    }

    /// Lets time pass for a node, on a thread of its own, and tells it what its log commits.
    ///
    /// @param driven where to put the one that the log's news are for
    /// @return to be closed before the log is
    public static AutoCloseable drive(Node node, Waiters clients, AtomicReference<EngineListener> driven) {
        NodeDriver driver = NodeDriver.start(node, clients, new ThreadWorkers(""), new SystemClock());
        driven.set(driver);
        return driver;
    }

    /// Metadata that this node leads, and is asked about in each tick.
    public static final class Metadata implements MetadataPort {
        volatile Runnable onTick = () -> {};
        final AtomicInteger ticks = new AtomicInteger();

        @Override
        public boolean leads() {
            ticks.incrementAndGet();
            onTick.run();
            return true;
        }

        @Override
        public void yieldLead() {}

        @Override
        public long leaderId() {
            return SELF.nodeId();
        }

        @Override
        public boolean isMember(long nodeId) {
            return true;
        }

        @Override
        public void propose(Command command, ProposalReply reply) {
            reply.unknown("nothing is proposed here");
        }

        @Override
        public void removeMember(long nodeId, RemovalReply reply) {
            reply.notYet("nobody is removed here");
        }
    }
}
