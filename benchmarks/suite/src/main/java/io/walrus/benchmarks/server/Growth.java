package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// What grows faster than the work does, in one line for each table.
final class Growth {
    /// By how much a step may differ from one that costs the same.
    private static final double NOISE = 1.25;

    private Growth() {}

    /// Sentences on a group of steps.
    ///
    /// @param ofEntries whether the steps are sizes of entries
    /// @return nothing if there are fewer than two steps
    static String of(Samples samples, String group, boolean ofEntries) {
        List<String> steps = samples.workloads(group);
        if (steps.size() < 2) {
            return "";
        }
        ToDoubleFunction<String> costOfWork =
                step -> 1 / samples.median(measured(group, step), ofEntries ? Metric.THROUGHPUT : Metric.RATE);
        ToDoubleFunction<String> processor = step ->
                samples.median(measured(group, step), Metric.SERVER_CPU) / (ofEntries ? Long.parseLong(step) : 1);
        List<String> parts = new ArrayList<>();
        Jump drop = Jump.greatest(steps, costOfWork);
        parts.add(
                drop.factor <= 1
                        ? "Throughput never falls"
                        : String.format(
                                Locale.ROOT, "Throughput drops most %s: by %.0f %%", drop, 100 - 100 / drop.factor));
        Jump cpu = Jump.greatest(steps, processor);
        if (cpu.factor > NOISE) {
            String of = ofEntries ? "byte" : "request";
            parts.add(String.format(
                    Locale.ROOT, "processor time for each %s is %.1f times as much %s", of, cpu.factor, cpu));
        }
        if (!ofEntries) {
            String last = steps.getLast();
            String before = steps.get(steps.size() - 2);
            double kib = 1024
                    * (samples.median(measured(group, last), Metric.ALL_MEMORY)
                            - samples.median(measured(group, before), Metric.ALL_MEMORY))
                    / (Long.parseLong(last) - Long.parseLong(before));
            parts.add(String.format(
                    Locale.ROOT, "each more takes %,.0f KiB of memory %s", kib, new Jump(1, before, last)));
        }
        return String.join("; ", parts) + '.';
    }

    static Measured measured(String group, String step) {
        return new Measured(group, step, ScalingCommand.SUBJECT);
    }

    /// How many times as much the later of two neighbouring steps has of something.
    private record Jump(double factor, String from, String to) {
        static Jump greatest(List<String> steps, ToDoubleFunction<String> quantity) {
            Jump greatest = new Jump(0, steps.getFirst(), steps.getFirst());
            for (int i = 1; i < steps.size(); i++) {
                double factor = quantity.applyAsDouble(steps.get(i)) / quantity.applyAsDouble(steps.get(i - 1));
                if (factor > greatest.factor) {
                    greatest = new Jump(factor, steps.get(i - 1), steps.get(i));
                }
            }
            return greatest;
        }

        @Override
        public String toString() {
            return "from " + from + " to " + to;
        }
    }
}
