package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFileWrapper;
import io.walrus.storage.io.DiskFullException;
import io.walrus.storage.io.DiskWrapper;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.stream.StreamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that takes what is written, and finds only when it is forced that there is no room for it.
class FullAtForceTest {
    @TempDir
    Path folder;

    @Test
    void aStreamFileThatFoundNoRoomIsNotForcedAgain() throws IOException {
        try (LogEngine engine = LogEngine.open(
                new FullAtForce(new FileDisk(folder)),
                EngineConfig.builder().minFreeBytes(0).build(),
                new SystemClock(),
                new ThreadWorkers("walrus-"),
                EngineListener.NONE)) {
            engine.lock();
            long group;
            try {
                LogStream stream = engine.createStream(new byte[] {1});
                group = engine.append(stream, ByteBuffer.allocate(100), 1);
            } finally {
                engine.unlock();
            }
            engine.awaitDurable(group);
            assertThatThrownBy(engine::checkpoint)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.category()).isEqualTo(StorageException.Category.READ_ONLY));
            assertThat(engine.state()).isEqualTo(EngineStatus.State.READ_ONLY);
        }
    }

    private static final class FullAtForce extends DiskWrapper {
        FullAtForce(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile open(String path, WriteMode mode) throws IOException {
            DiskFile file = super.open(path, mode);
            return path.startsWith(StreamFile.FOLDER) ? new FullFile(file) : file;
        }
    }

    private static final class FullFile extends DiskFileWrapper {
        FullFile(DiskFile file) {
            super(file);
        }

        @Override
        public void force() throws IOException {
            throw new DiskFullException("No space left on device", null);
        }
    }
}
