package io.walrus.node.repair;

import io.walrus.node.config.Timing;
import io.walrus.node.part.Now;

/// How many bytes may be copied at present, so that copying leaves disks and network to the clients. Guarded by the
/// node's lock.
final class Throttle {
    private static final long SECOND_NS = 1_000_000_000L;

    private final Now now;
    private final long bytesPerSecond;
    private long allowance;
    private long countedNs;
    private boolean begun;

    /// @param bytesPerSecond 0 for no limit
    Throttle(Now now, long bytesPerSecond) {
        this.now = now;
        this.bytesPerSecond = bytesPerSecond;
    }

    /// Whether something may be copied now, however much it is: what is more than was left is made up for later.
    boolean isOpen() {
        if (bytesPerSecond == 0) {
            return true;
        }
        long nowNs = now.ns();
        if (!begun) {
            begun = true;
            countedNs = nowNs - Timing.COPY_BURST_NS;
        }
        long elapsedNs = Math.min(nowNs - countedNs, SECOND_NS);
        long more = (long) ((double) bytesPerSecond * elapsedNs / SECOND_NS);
        if (more > 0) {
            long most = Math.max(1, bytesPerSecond / (SECOND_NS / Timing.COPY_BURST_NS));
            allowance = Math.min(most, allowance + more);
            countedNs = nowNs;
        }
        return allowance > 0;
    }

    /// So much was copied.
    void used(long bytes) {
        allowance -= bytesPerSecond == 0 ? 0 : bytes;
    }
}
