package io.walrus.server.listener;

import io.netty.channel.EventLoop;
import io.walrus.node.topic.ClientMemory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The connections of one event loop. Waking it runs one task for all of them that wait, however many replies have
/// become known.
final class LoopConnections {
    private static final long LOOK_MS = 1_000;
    private static final long STALLED_NS = TimeUnit.SECONDS.toNanos(5);

    private final EventLoop loop;
    private final ClientMemory memory;
    private final Runnable resumeAll = this::resumeWaiting;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Set<ClientConnection> open = new HashSet<>();
    private final List<ClientConnection> waiting = new ArrayList<>();
    private volatile boolean anyWaiting;
    private long shortages;

    LoopConnections(EventLoop loop, ClientMemory memory) {
        this.loop = loop;
        this.memory = memory;
        var _ = loop.scheduleWithFixedDelay(this::closeStalled, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    /// Closes connections that hold memory while others get none, and whose clients neither read nor send.
    private void closeStalled() {
        long now = memory.shortages();
        if (now != shortages) {
            shortages = now;
            List.copyOf(open).forEach(connection -> connection.closeIfStalled(STALLED_NS));
        }
    }

    EventLoop loop() {
        return loop;
    }

    /// Looks at the waiting connections soon. From any thread.
    void wake() {
        if (anyWaiting && woken.compareAndSet(false, true)) {
            execute(loop, resumeAll);
        }
    }

    /// Runs a task on a loop, unless that has ended: then there is nobody left whom it could concern. The log goes on
    /// telling its news for a while after the last client has gone.
    static void execute(EventLoop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            if (!loop.isShuttingDown()) {
                throw e;
            }
        }
    }

    /// Lets every connection finish what is under way, and refuses all else. On this loop only.
    void drain() {
        List.copyOf(open).forEach(ClientConnection::drain);
    }

    /// Closes the connections that are done. On this loop only.
    ///
    /// @param quietNs for how long nothing has come in on them
    /// @param toldNs or for how long their clients have been told that the node stops
    void closeDone(long quietNs, long toldNs) {
        List.copyOf(open).forEach(connection -> connection.closeIfDone(quietNs, toldNs));
    }

    void opened(ClientConnection connection) {
        open.add(connection);
    }

    void closed(ClientConnection connection) {
        open.remove(connection);
    }

    void waiting(ClientConnection connection) {
        waiting.add(connection);
        anyWaiting = true;
    }

    private void resumeWaiting() {
        woken.set(false);
        int kept = 0;
        // A connection may be added behind the ones looked at, by itself only.
        for (int i = 0; i < waiting.size(); i++) {
            ClientConnection connection = waiting.get(i);
            connection.resume();
            if (connection.stillWaiting()) {
                waiting.set(kept++, connection);
            }
        }
        waiting.subList(kept, waiting.size()).clear();
        anyWaiting = kept > 0;
    }
}
