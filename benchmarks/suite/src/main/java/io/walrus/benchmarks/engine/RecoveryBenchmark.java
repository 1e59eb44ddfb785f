package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.server.WorkFolder;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import java.io.IOException;
import java.nio.file.Path;
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
    static final int ENTRIES = (1 << 30) / EnginePayload.BYTES;

    @Param({"ENGINE", "ROCKSDB"})
    public LogKind kind;

    private WorkFolder image;
    private WorkFolder folder;
    private StoredLog log;

    @Setup(Level.Trial)
    public void crash() throws IOException, InterruptedException {
        image = EngineFolders.create();
        CrashingWriter.run(kind, image.path());
    }

    /// With a checkpoint so late that all entries are in the journal.
    static StoredLog open(LogKind kind, Path in) throws IOException {
        return switch (kind) {
            case ENGINE ->
                new EngineLog(
                        in,
                        EngineConfig.builder()
                                .policy(FsyncPolicy.os())
                                .checkpointBytes(2L << 30)
                                .maxJournalBytes(3L << 30)
                                .build());
            case LIBRARY, ROCKSDB, CHRONICLE, CHANNEL -> kind.open(in, false);
        };
    }

    @Setup(Level.Iteration)
    public void copy() throws IOException, InterruptedException {
        folder = EngineFolders.create();
        image.copyTo(folder);
        EngineFolders.sync();
    }

    @TearDown(Level.Iteration)
    public void check() throws IOException {
        int read = 0;
        try (StoredLog recovered = log;
                StoredLog.Reader reader = recovered.reader()) {
            byte[] target = new byte[EnginePayload.BYTES];
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
    public void delete() throws IOException {
        image.close();
    }

    @Benchmark
    public void recover() throws IOException {
        log = open(kind, folder.path());
    }
}
