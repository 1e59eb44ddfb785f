package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.report.MeasuringCommand;
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
@Command(name = "engine", description = "Compares the storage engine with RocksDB and a bare file, under JMH.")
public final class EngineCommand extends MeasuringCommand {
    private static final String GROUP = "engine";
    private static final String RECOVERY = "LogBenchmark.Recovery.recover";
    private static final int RECOVERIES = 3;

    /// Rows of the table.
    ///
    /// @param benchmark the method with JMH's annotation
    /// @param threads that run it
    /// @param kinds ours first; the others are put in relation to them
    private record Workload(String title, String benchmark, boolean forced, int threads, List<LogKind> kinds) {
        boolean recovers() {
            return benchmark.equals(RECOVERY);
        }
    }

    private static List<Workload> workloads() {
        List<LogKind> all = List.of(LogKind.WALRUS, LogKind.ROCKSDB, LogKind.CHANNEL);
        // The bare file forces one entry after the other. Native code would hold the carrier of a virtual thread.
        List<LogKind> many = List.of(LogKind.WALRUS, LogKind.VIRTUAL, LogKind.ROCKSDB);
        return List.of(
                new Workload("append durable 1 appender", "LogBenchmark.append", true, 1, all),
                new Workload("append durable 16 appenders", "LogBenchmark.append", true, 16, many),
                new Workload("append durable 256 appenders", "LogBenchmark.append", true, 256, many),
                new Workload("append not forced 1 appender", "LogBenchmark.append", false, 1, all),
                new Workload("append not forced batches of 100", "LogBenchmark.appendBatch", false, 1, all),
                new Workload("read in order", "LogBenchmark.read", false, 1, all),
                new Workload("recovery of 1 GiB", RECOVERY, false, 1, List.of(LogKind.WALRUS, LogKind.ROCKSDB)));
    }

    public EngineCommand() {
        super(3, 4, 6);
    }

    @Override
    protected void measure() throws IOException {
        List<Integer> rounds = rounds(GROUP);
        for (Workload workload : workloads()) {
            for (int round : rounds) {
                for (LogKind kind : workload.kinds()) {
                    if (wantsWorkload(workload.title()) && wantsSubject(kind.title()) && kind.isAvailable()) {
                        add(GROUP, workload.title(), kind.title(), round, measure(workload, kind));
                    }
                }
            }
        }
    }

    private Map<Metric, Double> measure(Workload workload, LogKind kind) throws IOException {
        Path output = work().resolve("jmh.log");
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include((kind == LogKind.VIRTUAL ? "LogBenchmark.appendFromVirtualThreads" : workload.benchmark())
                        + '$')
                .param("kind", kind.name())
                .param("forced", Boolean.toString(workload.forced()))
                .param("virtualThreads", Integer.toString(workload.threads()))
                .threads(kind == LogKind.VIRTUAL ? 1 : workload.threads())
                // Threads that wait for each other to begin and to end an iteration would spin, on few processors.
                .syncIterations(false)
                .forks(1)
                .warmupIterations(workload.recovers() ? 0 : warmUpSeconds())
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(workload.recovers() ? RECOVERIES : seconds())
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .output(output.toString())
                .jvmArgsAppend("-Xmx1g", "-XX:MaxDirectMemorySize=1g", "-D" + LogBenchmark.WORK + "=" + work());
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
                numbers.put(
                        Metric.HEAP,
                        median(
                                iterations,
                                each -> Objects.requireNonNull(
                                                each.getSecondaryResults().get("gc.alloc.rate.norm"))
                                        .getScore()));
            }
            return numbers;
        } catch (RunnerException e) {
            throw new IOException(workload.title() + ", " + kind.title() + " failed; its output is in " + output, e);
        }
    }

    private static double median(List<IterationResult> iterations, ToDoubleFunction<IterationResult> number) {
        double[] sorted = iterations.stream().mapToDouble(number).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    @Override
    protected ResultTables tables() throws IOException {
        return new ResultTables(
                "Engine",
                facts(RocksLog.version() + ", JMH " + Version.getPlainVersion()),
                "Requests are entries of " + StoredLog.ENTRY_BYTES + """
                 bytes. The logs take turns, and each measurement has a JVM and a folder of its own. A ratio is that of
                Walrus to the log of its row. Heap is what the whole JVM allocates per entry.
                """,
                List.of(LogKind.WALRUS.title()));
    }
}
