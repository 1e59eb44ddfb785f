package io.walrus.server.listener;

import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the listener has to tell the operator.
final class ListenerLog {
    private static final Logger LOG = LoggerFactory.getLogger(ClientListener.class);
    private static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final AtomicLong TOLD_AT_NS = new AtomicLong(System.nanoTime() - REPEAT_NS);

    private ListenerLog() {}

    /// A fault of ours; the connection is closed.
    static void unexpected(SocketAddress client, Throwable cause) {
        LOG.error("closing the connection of {} after an internal error", client, cause);
    }

    static void tooMany(int maxConnections) {
        long now = System.nanoTime();
        long told = TOLD_AT_NS.get();
        if (now - told >= REPEAT_NS && TOLD_AT_NS.compareAndSet(told, now)) {
            LOG.warn("refusing connections: {} are open, the most allowed", maxConnections);
        }
    }
}
