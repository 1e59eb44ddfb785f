package io.walrus.node.part;

/// What time it is. The clock is read once for each hold of the node's lock, so that all that is decided in one hold is
/// decided at one time. Guarded by the node's lock.
public final class Now {
    private long ms;
    private long ns;

    /// Another hold of the lock has begun.
    public void set(long timeMs, long timeNs) {
        ms = timeMs;
        ns = timeNs;
    }

    /// Wall-clock time in milliseconds since the Unix epoch.
    public long ms() {
        return ms;
    }

    /// Monotonic time in nanoseconds; only differences mean anything.
    public long ns() {
        return ns;
    }
}
