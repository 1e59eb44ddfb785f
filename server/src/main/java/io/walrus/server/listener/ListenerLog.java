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

    private static final AtomicLong STALLED_AT_NS = new AtomicLong(System.nanoTime() - REPEAT_NS);

    private ListenerLog() {}

    /// A fault of ours; the connection is closed.
    static void unexpected(SocketAddress client, Throwable cause) {
        LOG.error("closing the connection of {} after an internal error", client, cause);
    }

    static void tooMany(int maxConnections) {
        if (isDue(TOLD_AT_NS)) {
            LOG.warn("refusing connections: {} are open, the most allowed", maxConnections);
        }
    }

    static void stalled(SocketAddress client, long bytes) {
        if (isDue(STALLED_AT_NS)) {
            LOG.warn(
                    "closing the connection of {} and others like it: what it does not read, or began to send, takes"
                            + " {} bytes of the memory for clients, of which there is too little",
                    client,
                    bytes);
        }
    }

    private static boolean isDue(AtomicLong toldAtNs) {
        long now = System.nanoTime();
        long told = toldAtNs.get();
        return now - told >= REPEAT_NS && toldAtNs.compareAndSet(told, now);
    }
}
