package io.walrus.node.peer;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Memory for messages to other nodes, used again once they have left. Thread-safe.
final class SendBuffers {
    private static final int FIRST_BYTES = 4 << 10;
    private static final int KEPT_BYTES = 2 << 20;
    private static final int KEPT = 16;

    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kept = new AtomicInteger();

    /// An empty buffer.
    ///
    /// @param bytes which it holds at least
    ByteBuffer take(int bytes) {
        ByteBuffer known = free.poll();
        if (known != null) {
            kept.decrementAndGet();
            if (known.capacity() >= bytes) {
                return known;
            }
        }
        // What isn't kept is better off where it is collected soon.
        return bytes > KEPT_BYTES
                ? ByteBuffer.allocate(bytes)
                : ByteBuffer.allocateDirect(Math.max(FIRST_BYTES, bytes));
    }

    /// Takes back a buffer of which nothing is needed any more.
    void give(ByteBuffer buffer) {
        if (buffer.capacity() <= KEPT_BYTES && kept.get() < KEPT) {
            kept.incrementAndGet();
            free.add(buffer.clear());
        }
    }
}
