package io.walrus.server;

import com.fasterxml.jackson.core.JsonFactory;
import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.PeerStreamAcceptor;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.RaftConfig;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Result;
import io.walrus.node.Node;
import io.walrus.node.NodeConfig;
import io.walrus.node.port.Reports;
import io.walrus.node.route.ServedTopic;
import io.walrus.server.client.ClientListener;
import io.walrus.server.client.ListenerConfig;
import io.walrus.server.config.CommandLineArguments;
import io.walrus.server.config.ServerConfig;
import io.walrus.storage.EngineConfig;
import io.walrus.storage.FsyncPolicy;
import io.walrus.storage.LogEngine;
import io.walrus.storage.RecoveryReport;
import io.walrus.storage.StorageException;
import io.walrus.storage.io.SystemClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node: puts the parts together, starts them in order, and stops them in the opposite one.
public final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration ELECTION_MIN = Duration.ofMillis(50);
    private static final Duration ELECTION_MAX = Duration.ofMillis(100);
    private static final long METADATA_READY_S = 30;
    private static final long DRAIN_MS = 2_000;

    private final ServerConfig config;
    private final long startedNs = System.nanoTime();
    private final LogEvents events = new LogEvents();
    private final MetadataLink link = new MetadataLink();
    private final ReaderPool readers = new ReaderPool();
    private final JsonFactory json = new JsonFactory();
    private @Nullable LogEngine engine;
    private @Nullable MetadataLog metadata;
    private @Nullable ClientListener listener;

    public Server(ServerConfig config) {
        this.config = config;
    }

    /// Starts the node; when this returns it serves clients.
    ///
    /// @throws StartupException if something outside keeps it from that; [#close] cleans up
    public void start() throws StartupException {
        Path directory = config.dataDirectory();
        Identity.of(directory, config.nodeId());
        LogEngine log = openLog(directory.resolve("log"));
        // Read again now that the folder is locked: two processes may have begun with it at the same time.
        Identity identity = Identity.of(directory, config.nodeId());
        MetadataLog raft = startMetadata(directory);
        ClusterState state = introduce(raft, identity);
        Node node = new Node(
                new NodeConfig(
                        new Replica(config.nodeId(), identity.diskId()),
                        config.maxSegmentEntries(),
                        config.replicationFactor(),
                        TimeUnit.MILLISECONDS.toNanos(config.requestTimeoutMs()),
                        TimeUnit.MILLISECONDS.toNanos(config.monitorCheckMs()),
                        config.maxFrameBytes()),
                log,
                new SystemClock(),
                link,
                readers,
                new JsonReports());
        ClientListener clients = new ClientListener(
                new ListenerConfig(
                        config.clientHost(),
                        config.clientPort(),
                        config.eventLoops(),
                        config.maxConnections(),
                        config.maxUnderWay(),
                        config.maxFrameBytes(),
                        config.bareJson()),
                node);
        listener = clients;
        events.connect(node, clients);
        node.enter();
        try {
            link.follow(node);
        } finally {
            node.exit();
        }
        try {
            clients.open();
        } catch (IOException e) {
            throw new StartupException(
                    "can't listen for clients on " + config.clientHost() + ":" + config.clientPort() + ": "
                            + Identity.reason(e),
                    e);
        }
        LOG.info(
                "node {} serves clients on {}:{} after {} ms ({} topics, data in {}, fsync {})",
                config.nodeId(),
                config.clientHost(),
                config.clientPort(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs),
                state.topics().size(),
                directory,
                config.fsync());
    }

    /// Stops the node: answers what is under way, writes down all there is, ends. Safe at any stage of the start.
    public void close() {
        LOG.info("node {} stops", config.nodeId());
        try {
            if (listener != null) {
                listener.close(DRAIN_MS);
            }
            readers.close();
            if (engine != null) {
                engine.close();
            }
        } catch (IOException e) {
            LOG.error("the log could not be closed cleanly, the next start recovers it: {}", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (metadata != null) {
            metadata.close();
        }
        LOG.info("node {} stopped", config.nodeId());
    }

    private LogEngine openLog(Path directory) throws StartupException {
        int blockBytes = Integer.highestOneBit(Math.max(4 << 20, 2 * config.maxFrameBytes()));
        EngineConfig engineConfig = EngineConfig.builder()
                .policy(policy(config.fsync()))
                .blockBytes(blockBytes)
                .ringBlocks((int) Math.max(4, config.tailMemoryBytes() / blockBytes))
                .minFreeBytes(config.minFreeBytes())
                .build();
        try {
            LogEngine opened = LogEngine.open(directory, engineConfig, events);
            engine = opened;
            report(opened.recovery());
            return opened;
        } catch (StorageException e) {
            throw new StartupException(
                    e.category() == StorageException.Category.IN_USE
                            ? "data folder " + config.dataDirectory() + " is in use by another process"
                            : String.valueOf(e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new StartupException("the log in " + directory + " can't be opened: " + Identity.reason(e), e);
        }
    }

    private static void report(RecoveryReport recovery) {
        if (!recovery.warning().isEmpty()) {
            LOG.warn("{}", recovery.warning());
        }
        if (recovery.records() > 0) {
            LOG.info(
                    "recovered {} records ({} bytes of journal) in {} ms",
                    recovery.records(),
                    recovery.bytes(),
                    TimeUnit.NANOSECONDS.toMillis(recovery.durationNs()));
        }
    }

    private static FsyncPolicy policy(String setting) {
        return switch (setting) {
            case "group" -> FsyncPolicy.group();
            case "os" -> FsyncPolicy.os();
            default -> FsyncPolicy.interval(Integer.parseInt(setting.substring(setting.indexOf(':') + 1)));
        };
    }

    private MetadataLog startMetadata(Path directory) throws StartupException {
        RaftConfig raftConfig = new RaftConfig(
                config.nodeId(),
                directory,
                config.raftHost(),
                config.raftAdvertiseHost(),
                config.raftPort(),
                config.join().isEmpty() ? RaftConfig.WhenNew.BOOTSTRAP : RaftConfig.WhenNew.JOIN,
                config.snapshotEvery(),
                ELECTION_MIN,
                ELECTION_MAX);
        try {
            MetadataLog started = MetadataLog.start(
                    raftConfig,
                    link,
                    new HelloHandler(config.nodeId()),
                    PeerStreamAcceptor.refusing("this node takes no streams"));
            metadata = started;
            link.connect(started);
            started.ready().get(METADATA_READY_S, TimeUnit.SECONDS);
            return started;
        } catch (ConsensusStartException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        } catch (TimeoutException e) {
            throw new StartupException("the metadata has no leader after " + METADATA_READY_S + " s", e);
        } catch (ExecutionException e) {
            throw new StartupException("the metadata did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("interrupted", e);
        }
    }

    /// Makes this node known to the cluster, which a first node founds by that.
    private ClusterState introduce(MetadataLog raft, Identity identity) throws StartupException {
        UUID known = raft.state().clusterId();
        if (known != null && !known.equals(identity.clusterId())) {
            throw new StartupException("data folder " + config.dataDirectory() + " holds the data of cluster "
                    + identity.clusterId() + " and the metadata of cluster " + known);
        }
        List<Command> commands = new ArrayList<>();
        if (known == null) {
            commands.add(new Command.InitCluster(identity.clusterId()));
        }
        commands.add(new Command.UpsertNode(new NodeInfo(
                config.nodeId(),
                config.raftAdvertiseHost() + ":" + config.raftPort(),
                config.clientHost() + ":" + config.clientPort(),
                identity.diskId(),
                UUID.randomUUID())));
        if (known == null) {
            for (String topic : config.bootstrapTopics()) {
                commands.add(new Command.CreateTopic(topic, config.replicationFactor()));
            }
        }
        ProposalOutcome outcome = raft.propose(new Command.Batch(commands), Duration.ofSeconds(METADATA_READY_S))
                .join();
        if (outcome instanceof ProposalOutcome.Committed(long _, Result.BatchResult(List<Result> results))) {
            for (Result result : results) {
                if (result instanceof Result.Rejected(String reason)) {
                    throw new StartupException("the metadata refuses this node: " + reason);
                }
            }
            return raft.state();
        }
        throw new StartupException("the metadata did not take this node in: " + outcome);
    }

    private final class JsonReports implements Reports {
        @Override
        public String state(ServedTopic topic) {
            return StateReport.of(json, topic);
        }

        @Override
        public String metrics(io.walrus.node.NodeFigures figures) {
            return MetricsReport.of(
                    json,
                    new MetricsReport.Sources(
                            java.util.Objects.requireNonNull(metadata).status(),
                            figures,
                            java.util.Objects.requireNonNull(engine).status(),
                            java.util.Objects.requireNonNull(listener).connections(),
                            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs),
                            CommandLineArguments.version()));
        }
    }
}
