package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.ResultTables;
import io.walrus.benchmarks.server.WorkFolder;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.UringDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Compares the engine's ways to the disk, in turns, on files that all of them use.
@Command(
        name = "disk",
        description = "Compares forced writes and reads through FileChannel with the same through io_uring.")
public final class DiskCommand extends MeasuringCommand {
    private static final String GROUP = "disk";
    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
    private static final String JOURNAL = "journal";
    private static final String STREAM = "stream";
    private static final long JOURNAL_BYTES = 128L << 20;
    private static final long STREAM_BYTES = 1L << 30;
    private static final int CHUNK_BYTES = 1 << 20;

    /// Makes the calls of one measurement, and times each in nanoseconds.
    @FunctionalInterface
    private interface Calls {
        Histogram of(Disk disk) throws Exception;
    }

    @Option(names = "--calls", description = "writes or reads of each measurement")
    private int calls = 400;

    public DiskCommand() {
        super(5, 0, 0);
    }

    @Override
    protected void measure() throws Exception {
        try (WorkFolder folder = WorkFolder.in(work());
                UringDisk uring = UringDisk.open(folder.path())) {
            Map<String, Disk> ways = Map.of("FileChannel", new FileDisk(folder.path()), "io_uring", uring);
            List<String> order = List.of("FileChannel", "io_uring");
            prepare(uring);
            List<Integer> rounds = rounds(GROUP);
            // The round before the first one warms up.
            for (int i = rounds.isEmpty() ? 0 : -1; i < rounds.size(); i++) {
                int round = rounds.getFirst() + i;
                for (Map.Entry<String, Calls> row : rows().entrySet()) {
                    for (String way : round % 2 == 0 ? order : order.reversed()) {
                        if (wantsWorkload(row.getKey()) && wantsSubject(way)) {
                            Histogram ns = row.getValue().of(Objects.requireNonNull(ways.get(way)));
                            if (i >= 0) {
                                add(GROUP, row.getKey(), way, round, Metric.percentiles(ns));
                            }
                        }
                    }
                }
            }
        }
    }

    private Map<String, Calls> rows() {
        Map<String, Calls> rows = new LinkedHashMap<>();
        for (int kib : List.of(4, 16, 64, 1024)) {
            rows.put("forced write of " + kib + " KiB", disk -> write(disk, kib << 10));
        }
        for (boolean cached : Files.isWritable(DROP_CACHES) ? List.of(true, false) : List.of(true)) {
            for (int kib : List.of(4, 256)) {
                for (int readers : List.of(1, 4)) {
                    rows.put(
                            (cached ? "read from memory of " : "cold read of ") + kib + " KiB by " + readers
                                    + (readers == 1 ? " thread" : " threads"),
                            disk -> read(disk, kib << 10, readers, cached));
                }
            }
        }
        return rows;
    }

    private static void prepare(Disk disk) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        fill(disk, JOURNAL, JOURNAL_BYTES, chunk);
        SplittableRandom random = new SplittableRandom(1);
        while (chunk.hasRemaining()) {
            chunk.putLong(random.nextLong());
        }
        fill(disk, STREAM, STREAM_BYTES, chunk);
    }

    private static void fill(Disk disk, String path, long bytes, ByteBuffer chunk) throws IOException {
        try (DiskFile file = disk.open(path, Disk.WriteMode.BUFFERED)) {
            for (long at = 0; at < bytes; at += CHUNK_BYTES) {
                file.write(at, chunk.clear());
            }
            file.force();
        }
        chunk.clear();
    }

    /// Writes one block after the other, each durable before the next.
    private Histogram write(Disk disk, int bytes) throws IOException {
        ByteBuffer block = Disk.alignedBuffer(bytes);
        Histogram ns = new Histogram(3);
        try (DiskFile file = disk.open(JOURNAL, Disk.WriteMode.FORCED)) {
            for (int i = 0; i < calls; i++) {
                block.clear().putLong(0, i);
                long startNs = System.nanoTime();
                file.write((long) i * bytes % JOURNAL_BYTES, block);
                ns.recordValue(System.nanoTime() - startNs);
            }
        }
        return ns;
    }

    /// Reads blocks at random places.
    ///
    /// @param cached whether the system has them in memory; if not, none is read twice
    private Histogram read(Disk disk, int bytes, int readers, boolean cached) throws Exception {
        if (!cached) {
            Files.writeString(DROP_CACHES, "3");
        }
        Histogram ns = new ConcurrentHistogram(3);
        try (DiskFile file = disk.openForReading(STREAM);
                ExecutorService threads = Executors.newFixedThreadPool(readers)) {
            ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
            for (long at = 0; cached && at < STREAM_BYTES; at += CHUNK_BYTES) {
                file.read(at, chunk.clear());
            }
            List<Callable<Integer>> tasks = IntStream.range(0, readers)
                    .<Callable<Integer>>mapToObj(first -> () -> {
                        ByteBuffer block = ByteBuffer.allocateDirect(bytes);
                        for (int i = first; i < calls; i += readers) {
                            // Neither in order nor near each other.
                            long at = (long) i * 157 % calls * (STREAM_BYTES / calls / bytes * bytes);
                            long startNs = System.nanoTime();
                            int read = file.read(at, block.clear());
                            ns.recordValue(System.nanoTime() - startNs);
                            if (read < bytes) {
                                throw new IOException("The file ends too early.");
                            }
                        }
                        return first;
                    })
                    .toList();
            for (Future<?> each : threads.invokeAll(tasks)) {
                each.get();
            }
        }
        return ns;
    }

    @Override
    protected ResultTables tables() throws IOException {
        return new ResultTables(
                "Ways to the disk",
                facts("FileChannel and io_uring") + "- `--calls " + calls + "`\n",
                """
                Both ways take turns on the same files. A ratio is that of io_uring to the row.
                """,
                List.of("io_uring"));
    }
}
