package io.walrus.storage.engine;

import io.walrus.storage.error.StorageException;
import java.util.concurrent.atomic.AtomicLong;

/// A listener for callers that may block: counts how often room was made, and parks a thread until it is made again.
/// Thread-safe.
///
/// Ask [#round] before an append; if the append answers [LogEngine#NO_ROOM], hand the round to [#awaitAfter] and append
/// again. Room made between the two ends the wait at once.
public final class RoomRounds implements EngineListener {
    private final AtomicLong rounds = new AtomicLong();
    private final ParkedThreads waiting = new ParkedThreads();

    /// How often room was made so far.
    public long round() {
        return rounds.get();
    }

    /// Waits until room was made after `round`, or the engine has failed or is closed. An interrupt is kept for later.
    public void awaitAfter(long round) {
        waiting.await(round + 1, wanted -> rounds.get() >= wanted);
    }

    @Override
    public void groupDurable(long group) {}

    @Override
    public void roomAvailable() {
        waiting.wake(rounds.incrementAndGet());
    }

    @Override
    public void failed(StorageException cause) {
        // The engine says that room is available, too: those who wait find out with their next append.
    }
}
