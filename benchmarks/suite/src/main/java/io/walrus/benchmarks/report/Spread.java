package io.walrus.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The lowest, the median and the highest of some numbers.
public record Spread(double min, double median, double max) {
    /// Of at least one number.
    public static Spread of(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted(Comparator.naturalOrder()).toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(sorted.getFirst(), median, sorted.getLast());
    }

    static @Nullable Spread ofAny(Stream<Double> numbers) {
        List<Double> all = numbers.toList();
        return all.isEmpty() ? null : of(all);
    }

    /// As charts and tables have a number.
    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 && value > 0 ? "%.1f" : "%,.0f", value);
    }

    /// As tables have a ratio.
    public static String times(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.2f×" : "%.0f×", ratio);
    }

    /// The median, and the range where there is one.
    String text(DoubleFunction<String> format) {
        String middle = format.apply(median);
        return min == max ? middle : middle + " (" + format.apply(min) + " to " + format.apply(max) + ')';
    }

    @Override
    public String toString() {
        return text(Spread::number);
    }
}
