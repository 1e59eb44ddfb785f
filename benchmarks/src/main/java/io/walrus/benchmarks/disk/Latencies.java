package io.walrus.benchmarks.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How long calls took, by round. Not thread-safe.
final class Latencies {
    private final List<long[]> rounds = new ArrayList<>();

    void add(long[] ns) {
        long[] sorted = ns.clone();
        Arrays.sort(sorted);
        rounds.add(sorted);
    }

    /// In microseconds: the median round of each percentile, with the lowest and the highest.
    @Override
    public String toString() {
        return "p50 " + spread(0.5) + ", p99 " + spread(0.99);
    }

    private String spread(double quantile) {
        double[] us = rounds.stream()
                .mapToDouble(ns -> ns[(int) (quantile * (ns.length - 1))] / 1e3)
                .sorted()
                .toArray();
        return String.format(Locale.ROOT, "%.0f (%.0f to %.0f)", us[us.length / 2], us[0], us[us.length - 1]);
    }
}
