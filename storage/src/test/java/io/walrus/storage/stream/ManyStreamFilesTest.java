package io.walrus.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFileWrapper;
import io.walrus.storage.io.DiskWrapper;
import io.walrus.storage.io.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// More files are written than may be open.
class ManyStreamFilesTest {
    private static final int FILES = 600;
    private static final int OPEN = 64;

    @TempDir
    Path folder = Path.of("");

    @Test
    void filesThatMakeRoomForOthersAreForcedTogether() throws IOException {
        CountingDisk disk = new CountingDisk(new FileDisk(folder));
        disk.createDirectories(StreamFile.FOLDER);
        StreamFiles files = new StreamFiles(disk, new UUID(1, 2), OPEN);
        writeTo(files, FILES);
        assertThat(disk.rounds.get()).as("rounds of forces").isLessThanOrEqualTo(FILES / (OPEN - 1) + 1);
        files.force();
        assertThat(disk.forced.get()).as("files forced, each once").isEqualTo(FILES);
        files.close();
    }

    @Test
    void filesThatAreOnlyWrittenTakeOneDescriptorEach() throws IOException {
        CountingDisk disk = new CountingDisk(new FileDisk(folder));
        disk.createDirectories(StreamFile.FOLDER);
        StreamFiles files = new StreamFiles(disk, new UUID(1, 2), OPEN);
        writeTo(files, OPEN);
        assertThat(disk.open.get()).as("handles open").isEqualTo(OPEN);
        assertThat(disk.forced.get()).as("files forced to make room").isZero();
        files.release(files.acquire(0, file(0)));
        assertThat(disk.open.get()).as("handles open, one of them to read").isEqualTo(OPEN + 1);
        files.force();
        assertThat(disk.open.get()).as("handles open, once some may be closed").isLessThanOrEqualTo(OPEN);
        files.close();
        assertThat(disk.open.get()).as("handles open in the end").isZero();
    }

    private static void writeTo(StreamFiles files, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            files.create(i, file(i));
            files.append(i, file(i), ByteBuffer.allocateDirect(8));
        }
    }

    private static StreamFile file(int number) {
        return new StreamFile(number, Counts.ZERO, Counts.ZERO, StreamFileHeader.BYTES, false);
    }

    private static final class CountingDisk extends DiskWrapper {
        final AtomicInteger rounds = new AtomicInteger();
        final AtomicInteger forced = new AtomicInteger();
        final AtomicInteger open = new AtomicInteger();

        CountingDisk(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile open(String path, WriteMode mode) throws IOException {
            return counted(super.open(path, mode));
        }

        @Override
        public DiskFile openForReading(String path) throws IOException {
            return counted(super.openForReading(path));
        }

        private DiskFile counted(DiskFile file) {
            open.incrementAndGet();
            return new DiskFileWrapper(file) {
                @Override
                public void force() throws IOException {
                    super.force();
                    forced.incrementAndGet();
                }

                @Override
                public void close() throws IOException {
                    super.close();
                    open.decrementAndGet();
                }
            };
        }

        @Override
        public void force(List<? extends DiskFile> files) throws IOException {
            rounds.incrementAndGet();
            super.force(files);
        }
    }
}
