package io.walrus.benchmarks;

import io.walrus.benchmarks.load.LoadResult;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// The rounds of one server under one workload.
record Summary(LoadResult lowest, LoadResult median, LoadResult highest, long errors) {
    static Summary of(List<LoadResult> rounds) {
        List<LoadResult> sorted = rounds.stream()
                .sorted(Comparator.comparingDouble(LoadResult::perSecond))
                .toList();
        long errors = rounds.stream().mapToLong(LoadResult::errors).sum();
        return new Summary(sorted.getFirst(), sorted.get(sorted.size() / 2), sorted.getLast(), errors);
    }

    /// One row of the table.
    ///
    /// @param ours what the others are compared with, 0 in our own row
    String row(String workload, String server, double ours) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,.0f (%,.0f to %,.0f) | %s | %,.0f | %,.0f | %,.0f | %,.0f | %.2f | %.2f | %,d |%n",
                workload,
                server,
                median.perSecond(),
                lowest.perSecond(),
                highest.perSecond(),
                ours == 0 ? "" : String.format(Locale.ROOT, "%.2f times", ours / median.perSecond()),
                median.p50Micros(),
                median.p99Micros(),
                median.p999Micros(),
                median.maxMicros(),
                median.serverCpuMicros(),
                median.loadCpuMicros(),
                errors);
    }
}
