package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.server.WorkFolder;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.JavaProgram;
import io.walrus.testkit.process.Together;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Appends to one log from any number of threads, or reads it from one.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init")
public class LogBenchmark {
    /// The system property that names the folder that logs lie in.
    static final String WORK = "walrus.benchmarks.work";

    private static final int ENTRIES_AT_ONCE = 25_600;

    @Param
    public LogKind kind;

    @Param({"true", "false"})
    public boolean forced;

    @Param({"16", "256"})
    public int virtualThreads;

    private WorkFolder folder;
    private StoredLog log;

    static WorkFolder newFolder() throws IOException {
        return WorkFolder.in(Path.of(System.getProperty(WORK, "build/benchmarks")));
    }

    /// Has the system write all it holds for the disk.
    static void sync() throws IOException, InterruptedException {
        new ProcessBuilder("sync").inheritIO().start().waitFor();
    }

    @Setup(Level.Trial)
    public void open() throws Exception {
        folder = newFolder();
        log = kind.open(folder.path(), forced);
    }

    @Setup(Level.Iteration)
    public void settle() throws Exception {
        log.settle();
        sync();
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
        log.close();
        folder.close();
    }

    /// A thread that appends.
    @State(Scope.Thread)
    public static class Writer {
        private StoredLog.Appender appender;

        @Setup(Level.Trial)
        public void open(LogBenchmark shared) {
            appender = shared.log.appender();
        }

        @TearDown(Level.Trial)
        public void close() {
            appender.close();
        }
    }

    @Benchmark
    public void append(Writer writer) throws Exception {
        writer.appender.append(1);
    }

    /// JMH's own threads can't be virtual: they wait for each other by spinning, on all processors there are.
    @Benchmark
    @OperationsPerInvocation(ENTRIES_AT_ONCE)
    public void appendFromVirtualThreads() {
        Together.run(virtualThreads, _ -> {
            try (StoredLog.Appender appender = log.appender()) {
                for (int i = 0; i < ENTRIES_AT_ONCE / virtualThreads; i++) {
                    appender.append(1);
                }
            }
        });
    }

    @Benchmark
    @OperationsPerInvocation(StoredLog.BATCH_ENTRIES)
    public void appendBatch(Writer writer) throws Exception {
        writer.appender.append(StoredLog.BATCH_ENTRIES);
    }

    /// A thread that reads a log of a million entries from its start to its end, again and again; the system holds its
    /// files in memory.
    @State(Scope.Thread)
    public static class FromStartToEnd {
        private static final int ENTRIES = 1_000_000;

        private final byte[] target = new byte[StoredLog.ENTRY_BYTES];
        private StoredLog log;
        private StoredLog.Reader reader;
        private int read;

        @Setup(Level.Trial)
        public void fill(LogBenchmark shared) throws Exception {
            log = shared.log;
            log.fill(ENTRIES);
            shared.settle();
            reader = log.reader();
        }

        private void next() throws Exception {
            if (read == ENTRIES) {
                reader.close();
                reader = log.reader();
                read = 0;
            }
            if (!reader.next(target)) {
                throw new IOException("entry " + read + " is missing");
            }
            read++;
        }

        @TearDown(Level.Trial)
        public void close() {
            reader.close();
        }
    }

    @Benchmark
    public void read(FromStartToEnd pass) throws Exception {
        pass.next();
    }

    /// Opens a log as a crash left it, with 1 GiB of entries in its journal. Each time a copy of its files is opened,
    /// which the system holds in memory.
    @State(Scope.Benchmark)
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public static class Recovery {
        private static final int ENTRIES = (1 << 30) / StoredLog.ENTRY_BYTES;

        @Param({"WALRUS", "ROCKSDB"})
        public LogKind kind;

        private WorkFolder image;
        private WorkFolder folder;
        private StoredLog log;

        @Setup(Level.Trial)
        public void crash() throws Exception {
            image = newFolder();
            Ended.of(JavaProgram.of(
                            Recovery.class.getName(),
                            List.of(),
                            List.of(kind.name(), image.path().toString())))
                    .exited(0);
        }

        /// A process that fills a log, and ends without closing it. Arguments: the kind of log, its folder.
        public static void main(String[] arguments) throws Exception {
            open(LogKind.valueOf(arguments[0]), Path.of(arguments[1])).fill(ENTRIES);
            Runtime.getRuntime().halt(0);
        }

        /// With a checkpoint so late that all entries are in the journal.
        private static StoredLog open(LogKind kind, Path in) throws Exception {
            EngineConfig late = EngineConfig.builder()
                    .policy(FsyncPolicy.os())
                    .checkpointBytes(2L << 30)
                    .maxJournalBytes(3L << 30)
                    .build();
            return kind == LogKind.WALRUS ? new LibraryLog(in, late) : kind.open(in, false);
        }

        @Setup(Level.Iteration)
        public void copy() throws Exception {
            folder = newFolder();
            image.copyTo(folder);
            sync();
        }

        @TearDown(Level.Iteration)
        public void check() throws Exception {
            int read = 0;
            try (StoredLog recovered = log;
                    StoredLog.Reader reader = recovered.reader()) {
                byte[] target = new byte[StoredLog.ENTRY_BYTES];
                while (reader.next(target)) {
                    read++;
                }
            }
            folder.close();
            if (read < ENTRIES) {
                throw new IllegalStateException(kind.title() + " recovered " + read + " of " + ENTRIES + " entries");
            }
        }

        @TearDown(Level.Trial)
        public void delete() throws Exception {
            image.close();
        }

        @Benchmark
        public void recover() throws Exception {
            log = open(kind, folder.path());
        }
    }
}
