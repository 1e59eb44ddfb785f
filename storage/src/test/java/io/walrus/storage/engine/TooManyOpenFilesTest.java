package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskWrapper;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.io.TooManyOpenFilesException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that may open no more files for a while: the disk is well, and so is what is stored.
class TooManyOpenFilesTest {
    private static final byte[] KEY = {1};

    @TempDir
    Path folder;

    @Test
    void aCheckpointIsRefusedUntilFilesCanBeOpened() throws IOException {
        Scarce disk = new Scarce(new FileDisk(folder));
        try (LogEngine engine = open(disk)) {
            append(engine);
            disk.opensNone = true;
            assertThatThrownBy(engine::checkpoint)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.category()).isEqualTo(StorageException.Category.DISK_FULL));
            assertThat(engine.state()).isNotEqualTo(EngineStatus.State.READ_ONLY);
            disk.opensNone = false;
            engine.checkpoint();
            assertThat(records(engine)).isEqualTo(1);
        }
    }

    @Test
    void whatWasAcknowledgedOutlivesACloseThatMayOpenNothing() throws IOException {
        Scarce disk = new Scarce(new FileDisk(folder));
        LogEngine engine = open(disk);
        append(engine);
        disk.opensNone = true;
        engine.close();
        disk.opensNone = false;
        try (LogEngine again = open(disk)) {
            assertThat(records(again)).isEqualTo(1);
        }
    }

    private static LogEngine open(Disk disk) throws IOException {
        return LogEngine.open(
                disk,
                EngineConfig.builder().minFreeBytes(0).build(),
                new SystemClock(),
                new ThreadWorkers("walrus-"),
                EngineListener.NONE);
    }

    private static void append(LogEngine engine) throws IOException {
        engine.lock();
        long group;
        try {
            group = engine.append(engine.createStream(KEY), ByteBuffer.allocate(100), 1);
        } finally {
            engine.unlock();
        }
        engine.awaitDurable(group);
    }

    private static long records(LogEngine engine) {
        LogStream stream = engine.stream(KEY);
        return stream == null ? -1 : stream.durableRecords();
    }

    private static final class Scarce extends DiskWrapper {
        private volatile boolean opensNone;

        Scarce(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile open(String path, WriteMode mode) throws IOException {
            requireDescriptor(path);
            return super.open(path, mode);
        }

        @Override
        public DiskFile openForReading(String path) throws IOException {
            requireDescriptor(path);
            return super.openForReading(path);
        }

        private void requireDescriptor(String path) throws TooManyOpenFilesException {
            if (opensNone) {
                throw new TooManyOpenFilesException("Too many open files for " + path, null);
            }
        }
    }
}
