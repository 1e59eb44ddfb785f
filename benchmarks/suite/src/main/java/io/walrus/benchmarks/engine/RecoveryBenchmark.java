package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.server.WorkFolder;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.JavaProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Opens a log as a crash left it, with 1 GiB of entries in its journal. Each time a copy of its files is opened, which
/// the system holds in memory.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init")
public class RecoveryBenchmark {
    private static final int ENTRIES = (1 << 30) / StoredLog.ENTRY_BYTES;

    @Param({"WALRUS", "ROCKSDB"})
    public LogKind kind;

    private WorkFolder image;
    private WorkFolder folder;
    private StoredLog log;

    @Setup(Level.Trial)
    public void crash() throws Exception {
        image = LogBenchmark.newFolder();
        Ended.of(JavaProgram.of(
                        RecoveryBenchmark.class.getName(),
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
        folder = LogBenchmark.newFolder();
        image.copyTo(folder);
        LogBenchmark.sync();
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
