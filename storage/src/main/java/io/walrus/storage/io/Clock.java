package io.walrus.storage.io;

/// The time, passed in so that a simulation can own it. Thread-safe.
public interface Clock {
    /// Monotonic time in nanoseconds; only differences mean anything.
    long nanoTime();

    /// Wall-clock time in milliseconds since the Unix epoch.
    long currentTimeMillis();
}
