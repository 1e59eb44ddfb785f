package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFileWrapper;
import io.walrus.storage.io.DiskWrapper;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.stream.StreamFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Without force, appends wait neither for the files of streams nor for the device, as long as the journal has room.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunAheadTest {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int RING_BLOCKS = 4;
    private static final int ENTRY_BYTES = 1000;

    @TempDir
    Path folder;

    private LogEngine open(Disk disk) throws IOException {
        EngineConfig config = EngineConfig.builder()
                .policy(FsyncPolicy.os())
                .blockBytes(BLOCK_BYTES)
                .ringBlocks(RING_BLOCKS)
                .fileBytes(4 << 20)
                .checkpointBytes(4 << 20)
                .maxJournalBytes(16 << 20)
                .minFreeBytes(0)
                .build();
        return LogEngine.open(disk, config, new SystemClock(), new ThreadWorkers("walrus-"), EngineListener.NONE);
    }

    private static LogStream create(LogEngine engine) throws StorageException {
        engine.lock();
        try {
            return engine.createStream(new byte[] {1});
        } finally {
            engine.unlockAndCommit();
        }
    }

    private static void append(LogEngine engine, LogStream stream, int number) throws StorageException {
        long group;
        engine.lock();
        try {
            group = engine.append(stream, ByteBuffer.wrap(entry(number)), 1);
        } finally {
            engine.unlockAndCommit();
        }
        assertThat(group).as("room for entry %s", number).isNotEqualTo(LogEngine.NO_ROOM);
        engine.awaitDurable(group);
    }

    private static byte[] entry(int number) {
        return ByteBuffer.allocate(ENTRY_BYTES)
                .putInt(0, number)
                .putInt(ENTRY_BYTES - 4, number)
                .array();
    }

    @Test
    void memoryIsUsedAgainBeforeWhatItHeldIsFlushed() throws IOException {
        int count = 3 * RING_BLOCKS * BLOCK_BYTES / ENTRY_BYTES;
        HeldDisk disk = new HeldDisk(new FileDisk(folder.resolve("data")));
        disk.holdStreams = true;
        try (LogEngine engine = open(disk)) {
            LogStream stream = create(engine);
            for (int i = 0; i < count; i++) {
                append(engine, stream, i);
            }
            check(engine, stream, count);
            disk.goOn.countDown();
            engine.checkpoint();
            check(engine, stream, count);
        }
        try (LogEngine engine = open(new FileDisk(folder.resolve("data")))) {
            check(engine, Objects.requireNonNull(engine.stream(new byte[] {1})), count);
        }
    }

    private static void check(LogEngine engine, LogStream stream, int count) throws IOException {
        ReadBuffer buffer = new ReadBuffer(10_000);
        int next = 0;
        while (next < count) {
            engine.readFromDisk(stream, next, buffer);
            assertThat(buffer.isEmpty()).as("entry %s", next).isFalse();
            for (int i = 0; i < buffer.count(); i++) {
                assertThat(buffer.bytes(i)).isEqualTo(entry(next++));
            }
        }
    }

    @Test
    void commitsGoOnWhileACheckpointForcesTheJournal() throws Exception {
        HeldDisk disk = new HeldDisk(new FileDisk(folder.resolve("data")));
        try (LogEngine engine = open(disk)) {
            LogStream stream = create(engine);
            append(engine, stream, 0);
            disk.holdJournalForce = true;
            CompletableFuture<Void> checkpoint = CompletableFuture.runAsync(() -> {
                try {
                    engine.checkpoint();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            disk.reached.await();
            append(engine, stream, 1);
            assertThat(checkpoint).isNotDone();
            disk.goOn.countDown();
            checkpoint.get(30, TimeUnit.SECONDS);
            check(engine, stream, 2);
        }
    }

    /// A disk that waits where it is told to.
    private static final class HeldDisk extends DiskWrapper {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private volatile boolean holdStreams;
        private volatile boolean holdJournalForce;

        HeldDisk(Disk disk) {
            super(disk);
        }

        private void hold() throws IOException {
            reached.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public DiskFile open(String path, WriteMode mode) throws IOException {
            if (holdStreams && path.startsWith(StreamFile.FOLDER)) {
                hold();
            }
            DiskFile file = super.open(path, mode);
            return path.equals(Geometry.pathOf(0)) ? new HeldFile(file) : file;
        }

        private final class HeldFile extends DiskFileWrapper {
            HeldFile(DiskFile file) {
                super(file);
            }

            @Override
            public void force() throws IOException {
                if (holdJournalForce) {
                    hold();
                }
                super.force();
            }
        }
    }
}
