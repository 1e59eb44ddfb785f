package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.ResultTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Version;
import picocli.CommandLine.Command;

/// Compares the storage engine with its peers: each measurement has a JVM and a folder of its own, and they take turns.
@Command(
        name = "engine",
        description = "Compares the storage engine with RocksDB, Chronicle Queue and a bare file, under JMH.")
public final class EngineCommand extends MeasuringCommand {
    private static final String GROUP = "engine";
    private static final int RECOVERIES = 3;

    public EngineCommand() {
        super(new MeasuringOptions(3, 4, 6));
    }

    @Override
    protected void measure() throws IOException {
        int first = options.samples().nextRound(GROUP);
        for (EngineWorkload workload : EngineWorkload.all()) {
            for (int round = first; round < first + options.rounds(); round++) {
                for (EngineWorkload.Contender contender : workload.contenders()) {
                    if (options.wantsWorkload(workload.title())
                            && options.wantsSubject(contender.title())
                            && contender.kind().isAvailable()) {
                        Measured what = new Measured(GROUP, workload.title(), contender.title());
                        options.add(what, round, measure(workload, contender));
                    }
                }
            }
        }
    }

    private Map<Metric, Double> measure(EngineWorkload workload, EngineWorkload.Contender contender)
            throws IOException {
        Path output = options.work().resolve("jmh.log");
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include(workload.benchmark(contender) + '$')
                .param("kind", contender.kind().name())
                .param("forced", Boolean.toString(workload.forced()))
                .param("virtualThreads", Integer.toString(workload.threads()))
                .threads(contender.virtualThreads() ? 1 : workload.threads())
                // Threads that wait for each other to begin and to end an iteration would spin, on few processors.
                .syncIterations(false)
                .forks(1)
                .warmupIterations(workload.recovers() ? 0 : options.warmUpSeconds())
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(workload.recovers() ? RECOVERIES : options.seconds())
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .output(output.toString())
                .jvmArgsAppend(
                        "-Xmx1g", "-XX:MaxDirectMemorySize=1g", "-D" + EngineFolders.WORK + "=" + options.work());
        try {
            List<IterationResult> iterations = List.copyOf(new Runner(jmh.build())
                    .runSingle()
                    .getBenchmarkResults()
                    .iterator()
                    .next()
                    .getIterationResults());
            Map<Metric, Double> numbers = new LinkedHashMap<>();
            numbers.put(
                    workload.recovers() ? Metric.SECONDS : Metric.RATE,
                    median(iterations, each -> each.getPrimaryResult().getScore()));
            if (!workload.recovers()) {
                numbers.put(Metric.HEAP, median(iterations, EngineCommand::heapBytes));
            }
            return numbers;
        } catch (RunnerException e) {
            throw new IOException(
                    workload.title() + ", " + contender.title() + " failed; its output is in " + output, e);
        }
    }

    /// Of the whole JVM, for each entry.
    private static double heapBytes(IterationResult iteration) {
        return Objects.requireNonNull(iteration.getSecondaryResults().get("gc.alloc.rate.norm"))
                .getScore();
    }

    private static double median(List<IterationResult> iterations, ToDoubleFunction<IterationResult> number) {
        double[] sorted = iterations.stream().mapToDouble(number).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    @Override
    protected ResultTables tables() throws IOException {
        return new ResultTables(
                "Engine",
                options.facts(
                        RocksLog.version() + ", " + ChronicleLog.version() + ", JMH " + Version.getPlainVersion()),
                "Requests are entries of " + EnginePayload.BYTES + """
                 bytes. The logs take turns, and each measurement has a JVM and a folder of its own. A ratio is that of
                Walrus to the log of its row. Heap is what the whole JVM allocates per entry.
                """,
                List.of(LogKind.WALRUS.title()));
    }
}
