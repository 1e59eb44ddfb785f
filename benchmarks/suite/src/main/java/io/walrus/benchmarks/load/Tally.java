package io.walrus.benchmarks.load;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What one thread counts. Only `completed` is read by others while it runs.
final class Tally {
    private static final long MAX_LATENCY_NS = 60_000_000_000L;

    final AtomicLong completed = new AtomicLong();
    final Histogram latencyNs = new Histogram(MAX_LATENCY_NS, 3);
    long empty;
    long errors;

    @Nullable
    String firstError;

    void latency(long latencyNanoseconds, int count) {
        latencyNs.recordValueWithCount(Math.min(latencyNanoseconds, MAX_LATENCY_NS), count);
        completed.lazySet(completed.getPlain() + count);
    }

    void refused(String message) {
        errors++;
        if (firstError == null) {
            firstError = message;
        }
    }

    /// Forgets the latencies and errors of the warm-up.
    void restart() {
        latencyNs.reset();
        empty = 0;
        errors = 0;
        firstError = null;
    }
}
