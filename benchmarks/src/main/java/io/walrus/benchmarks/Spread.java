package io.walrus.benchmarks;

import java.util.List;
import java.util.Locale;

/// The lowest, the median and the highest of some numbers.
public record Spread(double min, double median, double max) {
    /// Of at least one number.
    public static Spread of(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(sorted.getFirst(), median, sorted.getLast());
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,.0f / %,.0f / %,.0f", min, median, max);
    }
}
