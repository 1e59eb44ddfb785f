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

/// Reads a log of a million entries from its start to its end, again and again, for a second; the system holds its
/// files in memory.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@SuppressWarnings("NullAway.Init")
public class ReadBenchmark {
    private static final int ENTRIES = 1_000_000;

    @Param
    public LogKind kind;

    private WorkFolder folder;
    private StoredLog log;
    private Crew crew;

    @Setup(Level.Trial)
    public void fill() throws IOException, InterruptedException {
        folder = EngineFolders.create();
        log = kind.open(folder.path(), false);
        try (StoredLog.Appender appender = log.appender()) {
            for (int i = 0; i < ENTRIES; i += EnginePayload.BATCH_ENTRIES) {
                appender.appendBatch();
            }
        }
        log.settle();
        EngineFolders.sync();
        crew = new Crew(1, false, FromStartToEnd::new);
    }

    private final class FromStartToEnd implements Crew.Task {
        private final byte[] target = new byte[EnginePayload.BYTES];
        private StoredLog.Reader reader;
        private int read;

        FromStartToEnd() throws IOException {
            reader = log.reader();
        }

        @Override
        public int run() throws IOException {
            if (read == ENTRIES) {
                reader.close();
                reader = log.reader();
                read = 0;
            }
            if (!reader.next(target)) {
                throw new IOException("entry " + read + " is missing");
            }
            read++;
            return 1;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        crew.close();
        log.close();
        folder.close();
    }

    @Benchmark
    public void read(Throughput throughput) throws IOException {
        throughput.set(crew.work(TimeUnit.SECONDS.toNanos(1)));
    }
}
