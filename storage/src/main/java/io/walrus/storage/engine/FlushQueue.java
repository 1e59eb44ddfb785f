package io.walrus.storage.engine;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Streams with records that are in no file yet, by where their first such record lies. Thread-safe.
final class FlushQueue {
    private final PriorityQueue<LogStream> queue =
            new PriorityQueue<>(Comparator.comparingLong((LogStream stream) -> stream.dirtyPosition));

    synchronized void add(LogStream stream, long position) {
        if (!stream.queued) {
            stream.queued = true;
            stream.dirtyPosition = position;
            queue.add(stream);
        }
    }

    /// The smallest position, or `none`. A truncation may have made it too small, never too large.
    synchronized long first(long none) {
        LogStream head = queue.peek();
        return head == null ? none : Math.min(none, head.dirtyPosition);
    }

    /// Takes the stream that waits longest, if its position is before `target`.
    synchronized @Nullable LogStream pollBefore(long target) {
        LogStream head = queue.peek();
        if (head == null || head.dirtyPosition >= target) {
            return null;
        }
        queue.poll();
        head.queued = false;
        return head;
    }
}
