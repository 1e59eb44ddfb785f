package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.Backend;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskWrapper;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.stream.StreamFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An append allocates nothing once all is warm: neither on the thread that appends, nor, but for a little per commit
/// and per file written, on the engine's own.
class AppendAllocationTest {
    private static final int WARM_UP = 50_000;
    private static final int APPENDS = 100_000;
    private static final int PER_HOLD = 16;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int RING_BLOCKS = 8;
    private static final int CHECKPOINT_BYTES = 32 << 20;
    /// What commits, flushes, checkpoints and the test's own runner may allocate, spread over the appends.
    private static final double OTHERS_BYTES_PER_APPEND = 4;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RoomRounds room = new RoomRounds();

    @TempDir
    Path folder;

    @Test
    void withoutForce() throws IOException {
        check(new FileDisk(folder.resolve("data")), FsyncPolicy.os());
    }

    @ParameterizedTest
    @EnumSource
    void withForce(Backend backend) throws IOException {
        FileDisk disk = backend.open(folder.resolve("data"));
        try {
            check(disk, FsyncPolicy.group());
        } finally {
            Backend.close(disk);
        }
    }

    private void check(FileDisk files, FsyncPolicy policy) throws IOException {
        EngineConfig config = EngineConfig.builder()
                .policy(policy)
                .blockBytes(BLOCK_BYTES)
                .ringBlocks(RING_BLOCKS)
                .fileBytes(16 << 20)
                .checkpointBytes(CHECKPOINT_BYTES)
                .maxJournalBytes(128 << 20)
                .minFreeBytes(0)
                .build();
        FlushGate disk = new FlushGate(files);
        try (LogEngine engine = LogEngine.open(disk, config, new SystemClock(), new ThreadWorkers("walrus-"), room)) {
            LogStream stream = create(engine);
            ByteBuffer entry = ByteBuffer.allocate(200);
            // As far behind as the flush can ever be: what remembers where the records lie has its full size then.
            fill(
                    engine,
                    stream,
                    entry,
                    policy instanceof FsyncPolicy.Group ? RING_BLOCKS * BLOCK_BYTES : CHECKPOINT_BYTES);
            disk.gate.countDown();
            append(engine, stream, entry, WARM_UP);
            long all = threads.getTotalThreadAllocatedBytes();
            long own = threads.getCurrentThreadAllocatedBytes();
            append(engine, stream, entry, APPENDS);
            double ownBytes = (double) (threads.getCurrentThreadAllocatedBytes() - own) / APPENDS;
            double allBytes = (double) (threads.getTotalThreadAllocatedBytes() - all) / APPENDS;
            System.out.printf(
                    "%s: %.3f bytes allocated per append by the appender, %.3f by all threads%n",
                    policy, ownBytes, allBytes);
            assertThat(ownBytes).isLessThan(1);
            assertThat(allBytes).isLessThan(OTHERS_BYTES_PER_APPEND);
        }
    }

    /// A disk on which nothing is flushed before the gate is open.
    private static final class FlushGate extends DiskWrapper {
        private final CountDownLatch gate = new CountDownLatch(1);

        FlushGate(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile open(String path, WriteMode mode) throws IOException {
            if (path.startsWith(StreamFile.FOLDER)) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return super.open(path, mode);
        }
    }

    /// Appends until there is no more room for what is not flushed.
    private static void fill(LogEngine engine, LogStream stream, ByteBuffer entry, long maxUnflushedBytes)
            throws StorageException {
        boolean full = false;
        while (!full || engine.status().unflushedBytes() < maxUnflushedBytes - 2 * BLOCK_BYTES) {
            engine.lock();
            try {
                full = false;
                for (int i = 0; i < PER_HOLD && !full; i++) {
                    full = engine.append(stream, entry, 1) == LogEngine.NO_ROOM;
                }
            } finally {
                engine.unlockAndCommit();
            }
        }
    }

    private static LogStream create(LogEngine engine) throws StorageException {
        engine.lock();
        try {
            return engine.createStream(new byte[] {1});
        } finally {
            engine.unlock();
        }
    }

    private void append(LogEngine engine, LogStream stream, ByteBuffer entry, int count) throws StorageException {
        int done = 0;
        while (done < count) {
            long round = room.round();
            long group = LogEngine.NO_ROOM;
            engine.lock();
            try {
                for (int i = 0; i < PER_HOLD; i++) {
                    long next = engine.append(stream, entry, 1);
                    if (next == LogEngine.NO_ROOM) {
                        break;
                    }
                    group = next;
                    done++;
                }
            } finally {
                engine.unlockAndCommit();
            }
            if (group == LogEngine.NO_ROOM) {
                room.awaitAfter(round);
            } else {
                engine.awaitDurable(group);
            }
        }
    }
}
