package io.walrus.benchmarks.load;

import io.walrus.benchmarks.report.Metric;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a measurement found. Latencies are from before the write of a request to after the read of its reply.
///
/// @param metrics all that tables show, the rate first; not a number where it isn't known
/// @param empty replies that had no entry
/// @param firstError what the first refused request was answered, null if there was none
public record LoadResult(
        Map<Metric, Double> metrics, long empty, @Nullable String firstError) {
    private static final int MIN_SAMPLES = 3;

    /// Of a rate, two percentiles of latency, and refused requests.
    public static LoadResult of(
            double perSecond, double p50Micros, double p99Micros, long errors, @Nullable String first) {
        Map<Metric, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metric.RATE, perSecond);
        metrics.put(Metric.P50, p50Micros);
        metrics.put(Metric.P99, p99Micros);
        metrics.put(Metric.ERRORS, (double) errors);
        return new LoadResult(metrics, 0, first);
    }

    public double perSecond() {
        return metrics.getOrDefault(Metric.RATE, Double.NaN);
    }

    double errors() {
        return metrics.getOrDefault(Metric.ERRORS, 0.0);
    }

    /// The median of the completed requests of each second; the mean instead if it is of fewer than three.
    public static double median(double[] perSecond, double mean) {
        if (perSecond.length < MIN_SAMPLES) {
            return mean;
        }
        double[] sorted = perSecond.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
