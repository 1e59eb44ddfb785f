package io.walrus.storage.engine;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// What the parts of an engine tell each other about its health. Thread-safe.
final class EngineState {
    private final EngineListener listener;
    private final AtomicReference<@Nullable StorageException> failure = new AtomicReference<>();
    /// Threads that wait for a group, by its number.
    private final ParkedThreads waiting = new ParkedThreads();
    private final ConcurrentMap<Shortage, String> shortages = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile long usableBytes = -1;

    EngineState(EngineListener listener) {
        this.listener = listener;
    }

    /// Makes the engine read-only for good.
    void fail(Throwable cause) {
        StorageException reason = cause instanceof StorageException known
                ? known
                : new StorageException(
                        Category.READ_ONLY,
                        "Storage failed (" + cause.getMessage()
                                + "). Nothing more is stored; check the disk, then restart.",
                        cause);
        if (failure.compareAndSet(null, reason)) {
            waiting.wake(Long.MAX_VALUE);
            listener.failed(reason);
            roomAvailable();
        }
    }

    @Nullable
    StorageException failure() {
        return failure.get();
    }

    /// What the lack of space keeps from being done.
    enum Shortage {
        FLUSHING,
        PREPARING
    }

    void diskFull(Shortage shortage, String reason) {
        shortages.put(shortage, reason);
        roomAvailable();
    }

    /// Ends a shortage, if there was one.
    void diskHasRoom(Shortage shortage) {
        if (shortages.remove(shortage) != null) {
            roomAvailable();
        }
    }

    /// Why appends are refused for lack of space, or null if they are not.
    @Nullable
    String diskFull() {
        if (shortages.isEmpty()) {
            return null;
        }
        String flushing = shortages.get(Shortage.FLUSHING);
        return flushing != null ? flushing : shortages.get(Shortage.PREPARING);
    }

    void usableBytes(long bytes) {
        usableBytes = bytes;
    }

    long usableBytes() {
        return usableBytes;
    }

    void close() {
        closed = true;
        roomAvailable();
    }

    boolean isClosed() {
        return closed;
    }

    void groupDurable(long group) {
        waiting.wake(group);
        listener.groupDurable(group);
    }

    /// Parks the calling thread until `isSettled` holds for `group`.
    void awaitGroup(long group, LongPredicate isSettled) {
        waiting.await(group, isSettled);
    }

    void roomAvailable() {
        listener.roomAvailable();
    }

    /// Refuses whatever would change the engine, unless it is well.
    void checkWritable() throws StorageException {
        StorageException cause = failure.get();
        if (cause != null) {
            throw new StorageException(
                    Category.READ_ONLY, "Read-only since an earlier error: " + cause.getMessage(), cause);
        }
        if (closed) {
            throw closedError();
        }
    }

    static StorageException closedError() {
        return new StorageException(Category.CLOSED, "The storage engine is closed.");
    }
}
