package io.walrus.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a measurement found. Latencies are from before the write of a request to after the read of its reply.
///
/// @param perSecond median of the completed requests of each second; the mean if it took less than three seconds
/// @param firstError what the first refused request was answered, null if there was none
/// @param loadCpuMicros processor time of the load threads per request
/// @param serverCpuMicros processor time of the server's process per request, not a number if unknown
/// @param loadAllocatedBytes heap bytes the load threads allocated per request
public record LoadResult(
        double perSecond,
        double meanPerSecond,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double maxMicros,
        long requests,
        long empty,
        long errors,
        @Nullable String firstError,
        double loadCpuMicros,
        double serverCpuMicros,
        double loadAllocatedBytes) {
    private static final int MIN_SAMPLES = 3;

    /// The median; the mean instead if it is of fewer than three.
    public static double median(double[] perSecond, double mean) {
        if (perSecond.length < MIN_SAMPLES) {
            return mean;
        }
        double[] sorted = perSecond.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// A few lines for people.
    public String describe() {
        String text = String.format(
                Locale.ROOT,
                """
                %,.0f requests/s (median of the seconds; mean %,.0f; %,d in all)
                latency µs: p50 %,.0f, p99 %,.0f, p99.9 %,.0f, max %,.0f
                processor time per request: load %.2f µs, server %s; load allocates %.2f bytes per request
                errors %,d, empty %,d
                """,
                perSecond,
                meanPerSecond,
                requests,
                p50Micros,
                p99Micros,
                p999Micros,
                maxMicros,
                loadCpuMicros,
                Double.isNaN(serverCpuMicros) ? "unknown" : String.format(Locale.ROOT, "%.2f µs", serverCpuMicros),
                loadAllocatedBytes,
                errors,
                empty);
        return firstError == null ? text : text + "first error: " + firstError + '\n';
    }
}
