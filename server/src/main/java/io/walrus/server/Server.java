package io.walrus.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.walrus.consensus.MetadataLog;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Replica;
import io.walrus.node.Node;
import io.walrus.node.NodeConfig;
import io.walrus.node.NodePorts;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.request.ClusterView;
import io.walrus.node.request.Reports;
import io.walrus.node.topic.ServedTopic;
import io.walrus.server.cluster.ClusterEntry;
import io.walrus.server.cluster.Identity;
import io.walrus.server.cluster.MetadataLink;
import io.walrus.server.cluster.PeerInbox;
import io.walrus.server.config.CommandLineArguments;
import io.walrus.server.config.ServerConfig;
import io.walrus.server.config.StartupException;
import io.walrus.server.listener.ClientListener;
import io.walrus.server.listener.ListenerConfig;
import io.walrus.server.log.LastRun;
import io.walrus.server.log.LogEvents;
import io.walrus.server.log.ReaderPool;
import io.walrus.server.report.ClusterReport;
import io.walrus.server.report.MetricsReport;
import io.walrus.server.report.StateReport;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineStatus;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.RecoveryReport;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.UringDisk;
import io.walrus.transport.tcp.TcpTransport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node: puts the parts together, starts them in order, and stops them in the opposite one.
public final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /// What the log and the messages between nodes need beside the newest entries, at least.
    private static final int OTHER_BUFFERS_BYTES = 64 << 20;

    private static final int MIN_STREAM_DESCRIPTORS = 256;
    private static final int MAX_STREAM_DESCRIPTORS = 32_768;
    private static final long DRAIN_MS = 2_000;
    private static final long HAND_OVER_MS = 1_500;
    private static final int SILENT_TIMEOUTS = 3;

    private final ServerConfig config;
    private final long startedNs = System.nanoTime();
    private final LogEvents events;
    private final MetadataLink link;
    private final TcpTransport peers = new TcpTransport();
    private final ReaderPool readers = new ReaderPool();
    private final JsonFactory json = new JsonFactory();
    private final ClusterEntry entry;
    private volatile @Nullable LastRun run;
    private volatile @Nullable UringDisk rings;
    private volatile @Nullable LogEngine engine;
    private volatile @Nullable MetadataLog metadata;
    private volatile @Nullable Node node;
    private volatile @Nullable ClientListener listener;

    /// Makes a node that is yet to be started.
    ///
    /// @param onFailure run when the node can't go on and is to be closed; must not block
    /// @param onRemoval run when the node was taken out of the cluster and is to be closed; must not block
    public Server(ServerConfig config, Runnable onFailure, Runnable onRemoval) {
        this.config = config;
        this.events = new LogEvents(onFailure);
        this.link = new MetadataLink(config.nodeId(), onFailure, () -> {
            forgetFolder();
            onRemoval.run();
        });
        this.entry = new ClusterEntry(config);
    }

    /// Starts the node; when this returns it serves clients.
    ///
    /// @throws StartupException if something outside keeps it from that; [#close] cleans up
    public void start() throws StartupException {
        Path directory = config.dataDirectory();
        entry.identity(directory);
        LogEngine log = openLog(directory.resolve("log"));
        // Read again now that the folder is locked: two processes may have begun with it at the same time.
        Identity identity = entry.identity(directory);
        String boot = LastRun.currentBoot();
        boolean inDoubt = LastRun.mayHaveLost(
                directory, boot, config.fsync(), log.streams().isEmpty());
        if (inDoubt) {
            LOG.warn("the machine restarted with entries that were not forced to its disk: the newest may be missing"
                    + " here, other nodes are asked for them");
        } else {
            began(boot);
        }
        MetadataLog raft = entry.start(directory, link, peers);
        metadata = raft;
        link.connect(raft);
        ClusterState state = entry.enter(raft, identity);
        Node started = new Node(
                new NodeConfig(
                        new Replica(config.nodeId(), identity.diskId()),
                        entry.bootId(),
                        inDoubt,
                        config.maxSegmentEntries(),
                        config.replicationFactor(),
                        TimeUnit.MILLISECONDS.toNanos(config.requestTimeoutMs()),
                        TimeUnit.MILLISECONDS.toNanos(config.monitorCheckMs()),
                        config.maxFrameBytes(),
                        TimeUnit.MILLISECONDS.toNanos(config.leaseMs()),
                        TimeUnit.MILLISECONDS.toNanos(config.nodeTimeoutMs()),
                        SILENT_TIMEOUTS * TimeUnit.MILLISECONDS.toNanos(config.nodeTimeoutMs()),
                        TimeUnit.MILLISECONDS.toNanos(config.replaceAfterMs()),
                        config.repairBytesPerSecond()),
                log,
                new SystemClock(),
                new NodePorts(link, peers, readers, new JsonReports(), this::otherNodesCommitted),
                new SealRules());
        node = started;
        if (inDoubt) {
            // Not under the node's lock, which is held when it is told.
            started.whenOutOfDoubt(() -> Thread.ofVirtual().start(() -> outOfDoubt(boot)));
        }
        ClientListener clients = new ClientListener(
                new ListenerConfig(
                        config.clientHost(),
                        config.clientPort(),
                        config.eventLoops(),
                        config.maxConnections(),
                        config.maxUnderWay(),
                        config.maxFrameBytes(),
                        config.bareJson()),
                started);
        listener = clients;
        events.connect(started, clients);
        started.enter();
        try {
            link.follow(started);
        } finally {
            started.exit();
        }
        peers.listen(new PeerInbox(started));
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

    private void forgetFolder() {
        try {
            Identity.removed(config.dataDirectory());
        } catch (IOException e) {
            LOG.warn("remove {}, no node can use it any more: {}", config.dataDirectory(), Identity.reason(e));
        }
    }

    /// Leaves word of this run for the next one.
    private void began(String boot) throws StartupException {
        LastRun now = new LastRun(boot, config.fsync(), false);
        try {
            now.write(config.dataDirectory());
            run = now;
        } catch (IOException e) {
            throw new StartupException(
                    "data folder " + config.dataDirectory() + " can't be written: " + Identity.reason(e), e);
        }
    }

    private void outOfDoubt(String boot) {
        try {
            began(boot);
        } catch (StartupException e) {
            // The next start is in doubt again, which does no harm.
            LOG.warn("{}", e.getMessage());
        }
    }

    /// Stops the node: lets others lead, answers what is under way, writes down all there is, ends. Safe at any
    /// stage of the start, from another thread.
    public void close() {
        entry.stop();
        boolean served = listener != null;
        if (served) {
            LOG.info("node {} stops", config.nodeId());
        }
        try {
            handOver();
            ClientListener clients = listener;
            if (clients != null) {
                clients.close(DRAIN_MS);
            }
            leavePeers();
            readers.close();
            LogEngine log = engine;
            if (log != null) {
                boolean isWell = log.state() != EngineStatus.State.READ_ONLY;
                log.close();
                LastRun now = run;
                if (now != null && isWell) {
                    new LastRun(now.machineBoot(), now.fsync(), true).write(config.dataDirectory());
                }
            }
        } catch (IOException e) {
            LOG.error("the log could not be closed cleanly, the next start recovers it: {}", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        UringDisk disk = rings;
        if (disk != null) {
            disk.close();
        }
        MetadataLog raft = metadata;
        if (raft != null) {
            raft.close();
        }
        if (served) {
            LOG.info("node {} stopped", config.nodeId());
        }
    }

    /// Has the next node lead what this one leads, as far as there is one and it takes it soon.
    private void handOver() throws InterruptedException {
        Node leaving = node;
        MetadataLog raft = metadata;
        if (leaving == null || raft == null || listener == null) {
            return;
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HAND_OVER_MS);
        leaving.enter();
        try {
            leaving.handOver();
        } finally {
            leaving.exit();
        }
        while (System.nanoTime() < deadline && leaving.isHandingOver()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        if (raft.leads() && raft.status().voters().size() > 1) {
            var _ = raft.transferLeadership(Duration.ofMillis(HAND_OVER_MS))
                    .completeOnTimeout(false, HAND_OVER_MS, TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    private void leavePeers() {
        Node leaving = node;
        if (leaving != null) {
            leaving.enter();
            try {
                leaving.leavePeers();
            } finally {
                leaving.exit();
            }
            link.unfollow(leaving);
        }
        peers.close();
    }

    private void otherNodesCommitted() {
        ClientListener clients = listener;
        if (clients != null) {
            clients.wakeAll();
        }
    }

    private LogEngine openLog(Path directory) throws StartupException {
        checkMemory();
        int blockBytes = Integer.highestOneBit(Math.max(4 << 20, 2 * config.maxFrameBytes()));
        EngineConfig engineConfig = EngineConfig.builder()
                .policy(policy(config.fsync()))
                .blockBytes(blockBytes)
                .ringBlocks((int) Math.max(4, config.tailMemoryBytes() / blockBytes))
                .minFreeBytes(config.minFreeBytes())
                .maxOpenFiles(streamDescriptors())
                .build();
        try {
            LogEngine opened = LogEngine.open(disk(directory), engineConfig, events);
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

    private FileDisk disk(Path directory) {
        if (config.ioUring()) {
            try {
                UringDisk disk = UringDisk.open(directory);
                rings = disk;
                LOG.info("the log reaches the disk through io_uring");
                return disk;
            } catch (IOException e) {
                LOG.warn("io_uring can't be used ({}): the log goes through file channels", e.getMessage());
            }
        }
        return new FileDisk(directory);
    }

    /// The log takes its memory as it fills: what Java does not let it have would be missed long after the start.
    private void checkMemory() throws StartupException {
        long allowed = Long.parseLong(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
        long most = allowed == 0 ? Runtime.getRuntime().maxMemory() : allowed;
        long needed = config.tailMemoryBytes() + OTHER_BUFFERS_BYTES;
        if (most < needed) {
            throw new StartupException("Java allows " + most + " bytes outside the heap (WALRUS_DIRECT_MEMORY), and "
                    + needed + " are needed with --tail-memory-bytes " + config.tailMemoryBytes());
        }
    }

    /// How many descriptors stream files may take, so that a quarter is left to connections.
    private static int streamDescriptors() {
        long descriptors = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : 0;
        return Math.clamp(descriptors / 4 * 3, MIN_STREAM_DESCRIPTORS, MAX_STREAM_DESCRIPTORS);
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

    private final class JsonReports implements Reports {
        @Override
        public String state(ServedTopic topic, boolean current) {
            return StateReport.of(json, topic, current);
        }

        @Override
        public String cluster(ClusterView view) {
            return ClusterReport.of(json, view);
        }

        @Override
        public String metrics(io.walrus.node.request.NodeFigures figures) {
            return MetricsReport.of(
                    json,
                    new MetricsReport.Sources(
                            Objects.requireNonNull(metadata).status(),
                            figures,
                            Objects.requireNonNull(engine).status(),
                            Objects.requireNonNull(listener).connections(),
                            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs),
                            CommandLineArguments.version()));
        }
    }
}
