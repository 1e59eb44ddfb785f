package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.server.WorkFolder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Appends to one log for a second, from one or more threads.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@SuppressWarnings("NullAway.Init")
public class AppendBenchmark {
    @Param
    public LogKind kind;

    @Param({"true", "false"})
    public boolean forced;

    @Param({"1", "16", "256"})
    public int appenders;

    @Param({"false", "true"})
    public boolean virtualThreads;

    @Param({"false", "true"})
    public boolean batches;

    private WorkFolder folder;
    private StoredLog log;
    private Crew crew;

    @Setup(Level.Trial)
    public void open() throws IOException {
        folder = EngineFolders.create();
        log = kind.open(folder.path(), forced);
        crew = new Crew(appenders, virtualThreads, this::task);
    }

    private Crew.Task task() throws IOException {
        StoredLog.Appender appender = log.appender();
        return new Crew.Task() {
            @Override
            public int run() throws IOException {
                if (batches) {
                    appender.appendBatch();
                    return EnginePayload.BATCH_ENTRIES;
                }
                appender.append();
                return 1;
            }

            @Override
            public void close() throws IOException {
                appender.close();
            }
        };
    }

    @Setup(Level.Iteration)
    public void settle() throws IOException, InterruptedException {
        log.settle();
        EngineFolders.sync();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        crew.close();
        log.close();
        folder.close();
    }

    @Benchmark
    public void append(Throughput throughput) throws IOException {
        throughput.set(crew.work(TimeUnit.SECONDS.toNanos(1)));
    }
}
