package io.walrus.storage.engine;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.journal.CommitWaiters;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What the parts of an engine tell each other about its health. Thread-safe.
final class EngineState {
    private final EngineListener listener;
    private final AtomicReference<@Nullable StorageException> failure = new AtomicReference<>();
    private final AtomicLong roomRounds = new AtomicLong();
    final CommitWaiters commitWaiters = new CommitWaiters();
    private final CommitWaiters roomWaiters = new CommitWaiters();
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
            commitWaiters.wake(Long.MAX_VALUE);
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
        commitWaiters.wake(group);
        listener.groupDurable(group);
    }

    void roomAvailable() {
        long round = roomRounds.incrementAndGet();
        roomWaiters.wake(round);
        listener.roomAvailable();
    }

    long roomRounds() {
        return roomRounds.get();
    }

    void awaitRoomAfter(long round) {
        roomWaiters.await(round + 1, wanted -> roomRounds.get() >= wanted);
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
