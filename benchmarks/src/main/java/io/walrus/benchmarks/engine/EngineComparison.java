package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.MachineFacts;
import io.walrus.benchmarks.Plan;
import io.walrus.benchmarks.engine.EngineWorkload.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Version;

/// Compares the storage engine with its peers: each measurement has a JVM and a folder of its own, and they take turns.
public final class EngineComparison {
    private static final int RECOVERIES = 3;

    private final Plan plan;

    public EngineComparison(Plan plan) {
        this.plan = plan;
    }

    /// One round of one log.
    ///
    /// @param score entries per second, or seconds
    /// @param allocated bytes of heap per entry
    private record Measured(double score, double allocated) {}

    /// Measures everything and puts it into a Markdown text.
    ///
    /// @throws IOException if something could not be measured
    public String report() throws IOException {
        StringBuilder text = new StringBuilder("# Engine\n\n" + MachineFacts.describe(plan.work(), peers()));
        text.append(String.format(Locale.ROOT, """
                - command: `benchmarks/run --only engine %s`; entries of %d bytes; the logs take turns, and each
                  measurement has a JVM and a folder of its own

                Entries/s are the median of the rounds, lowest and highest in brackets; the ratios are those of each
                row of Walrus to that log. Heap is what the whole JVM allocates per entry.

                | workload | log | entries/s | Walrus is | heap bytes |
                |---|---|---|---|---|
                """, plan.options(), Payload.BYTES));
        for (EngineWorkload workload : EngineWorkload.throughput()) {
            if (plan.wants(workload.title())) {
                rates(workload, text);
            }
        }
        EngineWorkload recovery = EngineWorkload.recovery();
        if (plan.wants(recovery.title())) {
            text.append("""

                    | workload | log | seconds | Walrus is |
                    |---|---|---|---|
                    """);
            times(recovery, text);
        }
        return text.toString();
    }

    private static String peers() throws IOException {
        return RocksLog.version() + ", " + ChronicleLog.version() + ", JMH " + Version.getPlainVersion();
    }

    private void rates(EngineWorkload workload, StringBuilder text) throws IOException {
        rows(workload, "%,.0f", (ours, theirs) -> ours / theirs, text, results -> {
            return String.format(Locale.ROOT, " %.1f |", median(results, Measured::allocated));
        });
    }

    private void times(EngineWorkload workload, StringBuilder text) throws IOException {
        rows(workload, "%.2f", (ours, theirs) -> theirs / ours, text, _ -> "");
    }

    /// A row for each contender.
    ///
    /// @param ratio how many times as good as another's score one of ours is
    /// @param more further columns
    private void rows(
            EngineWorkload workload,
            String format,
            DoubleBinaryOperator ratio,
            StringBuilder text,
            Function<List<Measured>, String> more)
            throws IOException {
        List<Double> ours = new ArrayList<>();
        for (Map.Entry<Contender, List<Measured>> entry : measured(workload).entrySet()) {
            double[] scores = sorted(entry.getValue(), Measured::score);
            double median = median(scores);
            String ratios = "";
            if (entry.getKey().kind().isOurs()) {
                ours.add(median);
            } else {
                ratios = ours.stream()
                        .map(score -> String.format(Locale.ROOT, "%.2f×", ratio.applyAsDouble(score, median)))
                        .collect(Collectors.joining(", "));
            }
            String range = format + " (" + format + " to " + format + ")";
            text.append(String.format(
                            Locale.ROOT,
                            "| %s | %s | ",
                            workload.title(),
                            entry.getKey().title()))
                    .append(String.format(Locale.ROOT, range, median, scores[0], scores[scores.length - 1]))
                    .append(" | " + ratios + " |" + more.apply(entry.getValue()) + "\n");
        }
    }

    private Map<Contender, List<Measured>> measured(EngineWorkload workload) throws IOException {
        Map<Contender, List<Measured>> measured = new LinkedHashMap<>();
        for (int round = 0; round < plan.rounds(); round++) {
            for (Contender contender : workload.contenders()) {
                if (!contender.kind().isAvailable()) {
                    continue;
                }
                Measured result = measure(workload, contender);
                measured.computeIfAbsent(contender, _ -> new ArrayList<>()).add(result);
                plan.say("%s, %s: %,.2f", workload.title(), contender.title(), result.score());
            }
        }
        return measured;
    }

    private Measured measure(EngineWorkload workload, Contender contender) throws IOException {
        boolean recovers = workload.equals(EngineWorkload.recovery());
        Path output = plan.work().resolve("jmh.log");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(workload.benchmark().getName())
                .forks(1)
                .warmupIterations(recovers ? 0 : plan.warmUpSeconds())
                .measurementIterations(recovers ? RECOVERIES : plan.seconds())
                .shouldFailOnError(true)
                .output(output.toString())
                .jvmArgsAppend(
                        "-Xmx1g",
                        "-XX:MaxDirectMemorySize=1g",
                        // Chronicle Queue would say that it has no logger.
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-D" + Folders.WORK + "=" + plan.work());
        workload.parameters(contender).forEach(options::param);
        try {
            RunResult result = new Runner(options.build()).runSingle();
            List<IterationResult> iterations =
                    List.copyOf(result.getBenchmarkResults().iterator().next().getIterationResults());
            return recovers
                    ? new Measured(
                            median(
                                    iterations,
                                    seconds -> seconds.getPrimaryResult().getScore()),
                            0)
                    : new Measured(
                            median(iterations, second -> extra(second, "entriesPerSecond")),
                            median(iterations, second -> extra(second, "bytesPerEntry")));
        } catch (RunnerException e) {
            throw new IOException(
                    workload.title() + ", " + contender.title() + " failed; its output is in " + output, e);
        }
    }

    private static double extra(IterationResult iteration, String name) {
        Result<?> result = iteration.getSecondaryResults().get(name);
        if (result == null) {
            throw new IllegalStateException("the benchmark reports no " + name);
        }
        return result.getScore();
    }

    private static <T> double[] sorted(List<T> results, ToDoubleFunction<T> number) {
        return results.stream().mapToDouble(number).sorted().toArray();
    }

    private static <T> double median(List<T> results, ToDoubleFunction<T> number) {
        return median(sorted(results, number));
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }
}
