package io.walrus.server;

import io.walrus.node.Node;
import io.walrus.node.config.Timing;
import io.walrus.node.port.Waiters;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.Workers;
import java.util.concurrent.atomic.AtomicLong;

/// Drives the node, which has no thread of its own: tells it that time passes and what its log has to say. Requests
/// reach the node on the clients' loops, messages on the peers' loops, metadata on the thread that applies it; all else
/// happens on one thread, `node-driver`, under the node's lock:
///
/// - [Node#tick] each 100 ms: leases, failover, repair, retries, timeouts. And at once when the log has room again or
///   has failed, so that what waits is taken up or refused.
/// - [Node#committed] when a group was committed and something in the node waits for that. This is where a follower's
///   acknowledgement comes from: it is put into the peer's queue here, and sent by the peer's loop.
///
/// The thread that commits only wakes others: first the clients' loops, whose connections look for themselves at what
/// is committed, then this thread. It never takes the node's lock, and so is on its way to the next write at once.
///
/// An exception is a fault of ours, which may leave the node's state in part, and nothing here could go on without a
/// tick. It ends the thread, and [FatalFaults] ends the process.
final class NodeDriver implements EngineListener, AutoCloseable {
    private static final String THREAD = "node-driver";

    private final Node node;
    private final Waiters waiters;
    private final Step step;
    private final Workers.Worker worker;

    private NodeDriver(Node node, Waiters waiters, Step step, Workers.Worker worker) {
        this.node = node;
        this.waiters = waiters;
        this.step = step;
        this.worker = worker;
    }

    /// Begins to drive a node, with a tick at once: it has been told of nothing that was committed before.
    ///
    /// @param waiters the clients' connections
    static NodeDriver start(Node node, Waiters waiters, Workers workers, Clock clock) {
        Step step = new Step(node, waiters, clock);
        NodeDriver driver = new NodeDriver(node, waiters, step, workers.start(THREAD, step));
        driver.tickSoon();
        return driver;
    }

    @Override
    public void groupDurable(long group) {
        waiters.committed();
        if (node.awaitsCommit()) {
            // Set before the signal, which is for whatever is set by then.
            step.hasCommitted = true;
            worker.signal();
        }
    }

    @Override
    public void roomAvailable() {
        tickSoon();
    }

    @Override
    public void failed(StorageException cause) {
        node.logFailed(ErrorTexts.outcomeUnknown("the log failed: " + cause.getMessage()));
        tickSoon();
    }

    /// How many ticks there were, for [Watchdog].
    long ticks() {
        return step.ticks.get();
    }

    private void tickSoon() {
        step.isTickWanted = true;
        worker.signal();
    }

    /// Ends the thread. What is committed from here on is no news to the node.
    @Override
    public void close() {
        worker.stop();
    }

    /// One round of the driver's thread.
    private static final class Step implements Workers.Step {
        private final Node node;
        private final Waiters waiters;
        private final Clock clock;

        private volatile boolean hasCommitted;
        private volatile boolean isTickWanted;

        private final AtomicLong ticks = new AtomicLong();

        // Owned by the driver's thread.
        private long tickedNs;

        Step(Node node, Waiters waiters, Clock clock) {
            this.node = node;
            this.waiters = waiters;
            this.clock = clock;
        }

        @Override
        public long run() {
            if (hasCommitted) {
                hasCommitted = false;
                tell(node::committed);
            }
            if (isTickWanted || leftNs() == 0) {
                isTickWanted = false;
                tell(node::tick);
                tickedNs = clock.nanoTime();
                ticks.incrementAndGet();
            }
            return leftNs();
        }

        /// The time until the next tick by the clock.
        private long leftNs() {
            return Math.max(0, Timing.TICK_NS - (clock.nanoTime() - tickedNs));
        }

        /// Runs a part of the node under its lock, and wakes the clients whose replies came of it.
        private void tell(Runnable work) {
            node.run(work);
            waiters.committed();
        }
    }
}
