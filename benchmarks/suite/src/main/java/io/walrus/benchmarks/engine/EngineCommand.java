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
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
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
                .include(workload.benchmark().getName())
                .forks(1)
                .warmupIterations(workload.recovers() ? 0 : options.warmUpSeconds())
                .measurementIterations(workload.recovers() ? RECOVERIES : options.seconds())
                .shouldFailOnError(true)
                .output(output.toString())
                .jvmArgsAppend(
                        "-Xmx1g", "-XX:MaxDirectMemorySize=1g", "-D" + EngineFolders.WORK + "=" + options.work());
        workload.parameters(contender).forEach(jmh::param);
        try {
            List<IterationResult> iterations = List.copyOf(new Runner(jmh.build())
                    .runSingle()
                    .getBenchmarkResults()
                    .iterator()
                    .next()
                    .getIterationResults());
            Map<Metric, Double> numbers = new LinkedHashMap<>();
            if (workload.recovers()) {
                numbers.put(
                        Metric.SECONDS,
                        median(iterations, each -> each.getPrimaryResult().getScore()));
            } else {
                numbers.put(Metric.RATE, median(iterations, each -> extra(each, "entriesPerSecond")));
                numbers.put(Metric.HEAP, median(iterations, each -> extra(each, "bytesPerEntry")));
            }
            return numbers;
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
                 bytes. The logs take turns, and each measurement has a JVM and a folder of its own. A cell is the median
                of the rounds, with the lowest and the highest in brackets; a ratio is that of Walrus to the log of its row.
                Heap is what the whole JVM allocates per entry.
                """,
                List.of(LogKind.LIBRARY.title(), LogKind.ENGINE.title()),
                _ -> "",
                "");
    }
}
