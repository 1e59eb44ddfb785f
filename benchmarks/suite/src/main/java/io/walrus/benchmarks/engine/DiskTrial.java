package io.walrus.benchmarks.engine;

import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// One way to the disk, measured on files that all of them use.
///
/// @param disk the way
record DiskTrial(String name, Disk disk) {
    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
    private static final String JOURNAL = "journal";
    private static final String STREAM = "stream";
    private static final long JOURNAL_BYTES = 128L << 20;
    private static final long STREAM_BYTES = 1L << 30;
    private static final int CHUNK_BYTES = 1 << 20;

    /// Makes the files.
    void prepare() throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        fill(JOURNAL, JOURNAL_BYTES, chunk);
        SplittableRandom random = new SplittableRandom(1);
        while (chunk.hasRemaining()) {
            chunk.putLong(random.nextLong());
        }
        fill(STREAM, STREAM_BYTES, chunk);
    }

    private void fill(String path, long bytes, ByteBuffer chunk) throws IOException {
        try (DiskFile file = disk.open(path, Disk.WriteMode.BUFFERED)) {
            for (long at = 0; at < bytes; at += CHUNK_BYTES) {
                file.write(at, chunk.clear());
            }
            file.force();
        }
    }

    /// Writes one block after the other, each durable before the next.
    ///
    /// @return nanoseconds of each
    Histogram write(int bytes, int calls) throws IOException {
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
    /// @return nanoseconds of each
    Histogram read(int bytes, int calls, int readers, boolean cached) throws Exception {
        if (!cached) {
            Files.writeString(DROP_CACHES, "3");
        }
        Histogram ns = new ConcurrentHistogram(3);
        try (DiskFile file = disk.openForReading(STREAM);
                ExecutorService threads = Executors.newFixedThreadPool(readers)) {
            if (cached) {
                readAll(file);
            }
            List<Future<?>> running = new ArrayList<>();
            for (int reader = 0; reader < readers; reader++) {
                int first = reader;
                running.add(threads.submit(() -> {
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
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        return ns;
    }

    private static void readAll(DiskFile file) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long at = 0;
        int read = chunk.capacity();
        while (read == chunk.capacity()) {
            read = file.read(at, chunk.clear());
            at += read;
        }
    }

    static boolean mayDropCaches() {
        return Files.isWritable(DROP_CACHES);
    }
}
