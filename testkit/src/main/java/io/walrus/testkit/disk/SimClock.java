package io.walrus.testkit.disk;

import io.walrus.storage.io.Clock;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands still until it is told to go on.
public final class SimClock implements Clock {
    private static final long START_MS = 1_700_000_000_000L;

    private final AtomicLong nowNanos = new AtomicLong();

    @Override
    public long nanoTime() {
        return nowNanos.get();
    }

    @Override
    public long currentTimeMillis() {
        return START_MS + nowNanos.get() / 1_000_000;
    }

    /// Moves the time on.
    public void advance(long nanos) {
        nowNanos.addAndGet(nanos);
    }
}
