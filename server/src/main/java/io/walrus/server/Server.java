package io.walrus.server;

import io.walrus.server.cluster.ClusterEntry;
import io.walrus.server.cluster.JoinedCluster;
import io.walrus.server.cluster.StopSignal;
import io.walrus.server.config.MemoryPlan;
import io.walrus.server.config.ServerConfig;
import io.walrus.server.config.StartupException;
import io.walrus.server.folder.DataFolder;
import io.walrus.server.folder.Identity;
import io.walrus.server.log.OpenLog;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node as a process: data folder, log, place in the cluster and the node at work, opened in this order. Closed are
/// the node, the log, the place in the cluster and the folder.
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final long START_ENDS_MS = 2_000;

    private final ServerConfig config;
    private final Runnable onFailure;
    private final Runnable onRemoval;
    private final long startedNs = System.nanoTime();
    private final StopSignal stop = new StopSignal();
    private final CountDownLatch startOver = new CountDownLatch(1);
    private final OpenParts parts = new OpenParts();
    private volatile boolean serves;

    /// Makes a node that is yet to be started.
    ///
    /// @param onFailure run when the node can't go on and is to be closed; must not block
    /// @param onRemoval run when the node was taken out of the cluster and is to be closed; must not block
    public Server(ServerConfig config, Runnable onFailure, Runnable onRemoval) {
        this.config = config;
        this.onFailure = onFailure;
        this.onRemoval = onRemoval;
    }

    /// Starts the node; when this returns it serves clients. Called once.
    ///
    /// @throws StartupException if something outside keeps it from that; [#close] cleans up
    public void start() throws StartupException {
        try {
            MemoryPlan memory = MemoryPlan.of(config, JavaMemory.available());
            ClusterEntry entry = new ClusterEntry(config, stop);
            DataFolder folder = parts.add(DataFolder.lock(config.disk().dataDirectory(), config.nodeId()));
            // Before the folder has an identity, and before the cluster gives this node a vote.
            ServingNode.check(config);
            Identity identity = entry.identity(folder);
            OpenLog log = parts.add(OpenLog.open(folder, config, memory, onFailure));
            // It votes until its log is closed: nodes that stop at the same time need a majority to hand over to.
            JoinedCluster cluster =
                    parts.addUnder(log, JoinedCluster.join(entry, folder, identity, onFailure, onRemoval));
            serve(memory, log, cluster);
            serves = true;
            LOG.info(
                    "node {} serves clients on {}:{} after {} ms ({} topics, data in {}, fsync {})",
                    config.nodeId(),
                    config.listener().host(),
                    config.listener().port(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs),
                    cluster.stateAtEntry().topics().size(),
                    config.disk().dataDirectory(),
                    config.disk().fsync());
        } finally {
            startOver.countDown();
        }
    }

    private void serve(MemoryPlan memory, OpenLog log, JoinedCluster cluster) throws StartupException {
        boolean isOpen = false;
        try {
            parts.add(ServingNode.open(config, memory, log, cluster, startedNs));
            isOpen = true;
        } finally {
            if (!isOpen) {
                cluster.withdraw();
            }
        }
    }

    /// Stops the node: lets others lead, answers what is under way, writes down all there is, ends. At any stage of
    /// the start, from another thread: a start is given a moment to give up, and what it has opened is closed.
    @Override
    public void close() {
        stop.stop();
        awaitStart();
        if (serves) {
            LOG.info("node {} stops", config.nodeId());
        }
        parts.close();
        if (serves) {
            LOG.info("node {} stopped", config.nodeId());
        }
    }

    private void awaitStart() {
        try {
            if (!startOver.await(START_ENDS_MS, TimeUnit.MILLISECONDS)) {
                LOG.debug("the start goes on, most likely with the recovery of the log");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
