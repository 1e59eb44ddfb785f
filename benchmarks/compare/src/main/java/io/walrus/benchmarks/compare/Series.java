package io.walrus.benchmarks.compare;

import java.util.Comparator;
import java.util.List;

/// The rounds of one system under one setup and metric.
record Series(Sample lowest, Sample median, Sample highest, int rounds, long errors) {
    static Series of(List<Sample> samples) {
        List<Sample> sorted = samples.stream()
                .sorted(Comparator.comparingDouble(Sample::value))
                .toList();
        return new Series(
                sorted.getFirst(),
                sorted.get((sorted.size() - 1) / 2),
                sorted.getLast(),
                sorted.size(),
                samples.stream().mapToLong(Sample::errors).sum());
    }

    double value() {
        return median.value();
    }
}
