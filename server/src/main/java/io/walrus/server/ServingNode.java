package io.walrus.server;

import io.walrus.metadata.Replica;
import io.walrus.node.Node;
import io.walrus.node.NodeConfig;
import io.walrus.node.NodePorts;
import io.walrus.node.config.Timing;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.topic.ClientMemory;
import io.walrus.server.cluster.JoinedCluster;
import io.walrus.server.config.ClientLimits;
import io.walrus.server.config.Descriptors;
import io.walrus.server.config.ListenerConfig;
import io.walrus.server.config.MemoryPlan;
import io.walrus.server.config.ServerConfig;
import io.walrus.server.config.StartupException;
import io.walrus.server.folder.ScrubFile;
import io.walrus.server.listener.ClientListener;
import io.walrus.server.listener.ClientLoops;
import io.walrus.server.log.OpenLog;
import io.walrus.server.log.ReaderPool;
import io.walrus.server.report.JsonReports;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node at work: it takes part in the cluster, time passes for it, and clients reach it.
///
/// Opened in the order in which each part needs those before it: the threads that read, the loops of the clients, the
/// node, its part in the cluster, its driver, and the clients' socket. Closed in reverse, but first of all others are
/// asked to lead what this node leads, while clients are still served.
final class ServingNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServingNode.class);
    private static final Duration HAND_OVER = Duration.ofMillis(1_500);
    private static final long HAND_OVER_LOOK_MS = 5;

    private final OpenParts parts;

    private ServingNode(OpenParts parts) {
        this.parts = parts;
    }

    /// Opens the node; when this returns it serves clients.
    ///
    /// @param startedNs when the process started, for METRICS
    /// @throws StartupException if it can't listen for clients; nothing is left open
    static ServingNode open(ServerConfig config, MemoryPlan memory, OpenLog log, JoinedCluster cluster, long startedNs)
            throws StartupException {
        OpenParts parts = new OpenParts();
        ServingNode serving = null;
        try {
            ReaderPool readers = parts.add(new ReaderPool());
            ClientLoops loops =
                    parts.add(new ClientLoops(config.listener().eventLoops(), new ClientMemory(memory.clientBytes())));
            Clock clock = new SystemClock();
            Node node = new Node(
                    nodeConfig(config, memory, log, cluster),
                    log.engine(),
                    clock,
                    new NodePorts(
                            cluster.metadata(),
                            cluster.peers(),
                            readers,
                            new ScrubFile(config.disk().dataDirectory()),
                            new JsonReports(cluster::status, log.engine()::status, loops::connections, startedNs),
                            loops),
                    new SealRules());
            if (isInDoubt(log, cluster)) {
                // Not under the node's lock, which is held when it is told.
                node.whenOutOfDoubt(() -> Thread.ofVirtual().start(() -> {
                    log.outOfDoubt();
                    cluster.outOfDoubt();
                }));
            }
            parts.add(cluster.admit(node));
            NodeDriver driver = parts.add(NodeDriver.start(node, loops, new ThreadWorkers(""), clock));
            log.tellNewsTo(driver);
            parts.add(Watchdog.start(
                    driver::ticks,
                    () -> Runtime.getRuntime().halt(NodeMain.CANNOT_RUN),
                    TimeUnit.NANOSECONDS.toMillis(Timing.TICKS_STOPPED_NS)));
            AutoCloseable leading = parts.add(() -> handOver(node, cluster));
            parts.addUnder(leading, listen(config, loops, node));
            serving = new ServingNode(parts);
            return serving;
        } finally {
            if (serving == null) {
                parts.close();
            }
        }
    }

    /// Looks whether the node could serve, before others count on it.
    ///
    /// @throws StartupException if not
    static void check(ServerConfig config) throws StartupException {
        try {
            ClientListener.check(config.listener());
        } catch (IOException e) {
            throw cannotListen(config, e);
        }
    }

    private static StartupException cannotListen(ServerConfig config, IOException e) {
        return new StartupException(
                "can't listen for clients on " + config.listener().host() + ":"
                        + config.listener().port() + ": " + e.getMessage(),
                e);
    }

    private static ClientListener listen(ServerConfig config, ClientLoops loops, Node node) throws StartupException {
        try {
            return ClientListener.open(withinDescriptors(config.listener()), loops, node);
        } catch (IOException e) {
            throw cannotListen(config, e);
        }
    }

    /// No more connections than there are descriptors for beside the files.
    private static ListenerConfig withinDescriptors(ListenerConfig config) {
        ClientLimits limits = config.limits();
        int most = Descriptors.available().connections();
        if (limits.maxConnections() <= most) {
            return config;
        }
        LOG.warn(
                "{} clients can be connected, though --max-connections is {}: this process may not open more (ulimit -n)",
                most,
                limits.maxConnections());
        return new ListenerConfig(
                config.host(),
                config.port(),
                config.eventLoops(),
                new ClientLimits(most, limits.maxUnderWay(), limits.maxFrameBytes()),
                config.bareJson());
    }

    /// Whether copies of segments may lack what was acknowledged last.
    private static boolean isInDoubt(OpenLog log, JoinedCluster cluster) {
        return log.isInDoubt() || cluster.isFolderOlder();
    }

    private static NodeConfig nodeConfig(ServerConfig config, MemoryPlan memory, OpenLog log, JoinedCluster cluster) {
        return new NodeConfig(
                new Replica(config.nodeId(), cluster.identity().diskId()),
                cluster.bootId(),
                isInDoubt(log, cluster),
                config.segments(),
                config.timeouts(),
                memory.node(),
                config.listener().limits().maxFrameBytes());
    }

    /// Has other nodes lead what this one leads, as far as there are any and they take it soon.
    private static void handOver(Node node, JoinedCluster cluster) {
        long deadline = System.nanoTime() + HAND_OVER.toNanos();
        node.run(node::handOver);
        try {
            while (System.nanoTime() < deadline && node.isHandingOver()) {
                TimeUnit.MILLISECONDS.sleep(HAND_OVER_LOOK_MS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        cluster.handOver(HAND_OVER);
    }

    /// Lets others lead, answers what is under way and takes no more, then leaves the cluster.
    @Override
    public void close() {
        parts.close();
    }
}
