package io.walrus.storage;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Streams with records that are in no file yet, by where their first such record lies. Thread-safe.
///
/// Nearly all come in that order, as they are appended to; those of which only a part was flushed don't.
final class FlushQueue {
    private final Deque<LogStream> inOrder = new ArrayDeque<>();
    private final PriorityQueue<LogStream> others =
            new PriorityQueue<>(Comparator.comparingLong((LogStream stream) -> stream.dirtyPosition));
    private long lastInOrder;

    synchronized void add(LogStream stream, long position) {
        if (stream.queued) {
            return;
        }
        stream.queued = true;
        stream.dirtyPosition = position;
        if (inOrder.isEmpty() || position >= lastInOrder) {
            lastInOrder = position;
            inOrder.add(stream);
        } else {
            others.add(stream);
        }
    }

    /// The smallest position, or `none`. A truncation may have made it too small, never too large.
    synchronized long first(long none) {
        LogStream head = head().peek();
        return head == null ? none : Math.min(none, head.dirtyPosition);
    }

    /// Takes the stream that waits longest, if its position is before `target`.
    synchronized @Nullable LogStream pollBefore(long target) {
        Queue<LogStream> queue = head();
        LogStream head = queue.peek();
        if (head == null || head.dirtyPosition >= target) {
            return null;
        }
        queue.remove();
        head.queued = false;
        return head;
    }

    /// The one of the two whose first stream waits longest.
    private Queue<LogStream> head() {
        LogStream other = others.peek();
        LogStream next = inOrder.peek();
        return next == null || (other != null && other.dirtyPosition < next.dirtyPosition) ? others : inOrder;
    }
}
