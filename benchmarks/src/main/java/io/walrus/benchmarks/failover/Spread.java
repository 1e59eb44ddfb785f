package io.walrus.benchmarks.failover;

import java.util.List;
import java.util.Locale;

/// The lowest, the median and the highest of some numbers.
record Spread(double min, double median, double max) {
    static Spread of(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted().toList();
        return new Spread(sorted.getFirst(), sorted.get(sorted.size() / 2), sorted.getLast());
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,.0f / %,.0f / %,.0f", min, median, max);
    }
}
