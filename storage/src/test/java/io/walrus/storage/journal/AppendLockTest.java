package io.walrus.storage.journal;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/// What is done under the lock is done by one thread at a time, and seen by the next.
public class AppendLockTest {
    private final AppendLock lock = new AppendLock();
    private long count;
    private long twin;

    @Operation
    public long next() {
        lock.lock();
        try {
            count++;
            twin += 2;
            return twin - count;
        } finally {
            lock.unlock();
        }
    }

    @Test
    void isExclusive() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .check(getClass());
    }
}
