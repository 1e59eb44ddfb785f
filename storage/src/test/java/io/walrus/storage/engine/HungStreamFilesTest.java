package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskWrapper;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.stream.StreamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk that hangs where nothing waits for a commit: all that was appended is durable, and the stream files take
/// nothing more.
@Timeout(60)
class HungStreamFilesTest {
    private static final int ENTRY_BYTES = 10_000;

    @TempDir
    Path folder;

    private final CountDownLatch thawed = new CountDownLatch(1);

    @Test
    void anAppendThatFindsNoRoomCountsAsPending() throws IOException {
        EngineConfig config = EngineConfig.builder()
                .minFreeBytes(0)
                .blockBytes(64 << 10)
                .ringBlocks(2)
                .build();
        try (LogEngine engine = LogEngine.open(
                new Hung(new FileDisk(folder)),
                config,
                new SystemClock(),
                new ThreadWorkers("walrus-"),
                EngineListener.NONE)) {
            LogStream stream = create(engine);
            long last = fill(engine, stream);
            engine.awaitDurable(last);
            long firstNs = pendingNs(engine);
            Awaitility.await().until(() -> pendingNs(engine) > firstNs + 10_000_000);

            thawed.countDown();
            Awaitility.await().until(() -> append(engine, stream) != LogEngine.NO_ROOM);
            Awaitility.await().until(() -> pendingNs(engine) == 0);
        } finally {
            thawed.countDown();
        }
    }

    private static LogStream create(LogEngine engine) throws IOException {
        engine.lock();
        try {
            return engine.createStream(new byte[] {1});
        } finally {
            engine.unlock();
        }
    }

    /// Appends until there is no room.
    ///
    /// @return the last group
    private static long fill(LogEngine engine, LogStream stream) throws IOException {
        long last = 0;
        long group = append(engine, stream);
        while (group != LogEngine.NO_ROOM) {
            last = group;
            engine.awaitDurable(last);
            group = append(engine, stream);
        }
        assertThat(last).isPositive();
        return last;
    }

    private static long append(LogEngine engine, LogStream stream) throws IOException {
        engine.lock();
        try {
            return engine.append(stream, ByteBuffer.allocate(ENTRY_BYTES), 1);
        } finally {
            engine.unlock();
        }
    }

    private static long pendingNs(LogEngine engine) {
        engine.lock();
        try {
            return engine.pendingNs();
        } finally {
            engine.unlock();
        }
    }

    private final class Hung extends DiskWrapper {
        Hung(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile open(String path, WriteMode mode) throws IOException {
            if (path.startsWith(StreamFile.FOLDER)) {
                awaitThaw();
            }
            return super.open(path, mode);
        }
    }

    private void awaitThaw() throws IOException {
        try {
            thawed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
