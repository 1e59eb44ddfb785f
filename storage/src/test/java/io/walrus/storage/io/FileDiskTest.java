package io.walrus.storage.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
    @TempDir
    Path folder;

    @Test
    void lookingHowMuchRoomThereIsReadsNoTableOfMounts() throws IOException {
        FileDisk disk = new FileDisk(folder);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(disk.usableBytes()).isPositive();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
            disk.usableBytes();
        }
        // That table alone is some kilobytes of text.
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 100).isLessThan(1_000);
    }

    @Test
    void aFileStaysUsableThoughItsUsersAreInterrupted() throws IOException {
        FileDisk disk = new FileDisk(folder);
        try (DiskFile file = disk.open("file", Disk.WriteMode.BUFFERED);
                DiskFile reader = disk.openForReading("file")) {
            for (int i = 0; i < 10; i++) {
                Thread.currentThread().interrupt();
                file.write(4L * i, ByteBuffer.allocate(4).putInt(0, i));
                file.force();
                assertThat(file.size()).isEqualTo(4L * i + 4);
                ByteBuffer read = ByteBuffer.allocate(4);
                assertThat(reader.read(4L * i, read)).isEqualTo(4);
                assertThat(read.getInt(0)).isEqualTo(i);
                assertThat(Thread.interrupted()).isTrue();
            }
            Thread.currentThread().interrupt();
            file.truncate(8);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(reader.size()).isEqualTo(8);
        }
    }

    @Test
    void whatIsWrittenInBulkIsInTheFileWhereverItBeginsAndEnds() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FileDisk disk = new FileDisk(folder);
        ByteBuffer memory = ByteBuffer.allocateDirect((1 << 20) + Disk.BLOCK_BYTES);
        ByteBuffer aligned = memory.alignedSlice(Disk.BLOCK_BYTES);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (DiskFile file = disk.open("file", Disk.WriteMode.BULK);
                DiskFile reader = disk.openForReading("file")) {
            for (int i = 0; i < 40; i++) {
                byte[] bytes = new byte[1 + random.nextInt(i % 2 == 0 ? 300_000 : 20_000)];
                random.nextBytes(bytes);
                int at = i % 5 == 4 ? 1 : expected.size() % Disk.BLOCK_BYTES;
                file.write(
                        expected.size(),
                        aligned.clear().put(at, bytes).position(at).limit(at + bytes.length));
                assertThat(aligned.hasRemaining()).isFalse();
                expected.writeBytes(bytes);
                if (random.nextBoolean()) {
                    // What was read before must not hide what is written now.
                    assertThat(contents(reader, expected.size()))
                            .as("seed %d", seed)
                            .isEqualTo(expected.toByteArray());
                }
            }
            file.force();
            assertThat(file.size()).isEqualTo(expected.size());
        }
        try (DiskFile reader = disk.openForReading("file")) {
            assertThat(contents(reader, expected.size() + 1))
                    .as("seed %d", seed)
                    .isEqualTo(expected.toByteArray());
        }
    }

    private static byte[] contents(DiskFile file, int most) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(most);
        int count = file.read(0, read);
        return Arrays.copyOf(read.array(), count);
    }

    @Test
    void whatIsWrittenThroughAMappingIsInTheFile() throws IOException {
        FileDisk disk = new FileDisk(folder);
        try (DiskFile zeros = disk.open("file", Disk.WriteMode.BUFFERED)) {
            zeros.write(0, ByteBuffer.allocate(10_000));
        }
        try (DiskFile file = disk.open("file", Disk.WriteMode.MAPPED);
                DiskFile reader = disk.openForReading("file")) {
            for (int at = 1; at < 12_000; at += 1_000) {
                ByteBuffer source = ByteBuffer.allocateDirect(8).putInt(2, at);
                file.write(at, source.position(2).limit(6));
                assertThat(source.hasRemaining()).isFalse();
            }
            file.force();
            assertThat(file.size())
                    .as("what is behind the mapping grows the file")
                    .isEqualTo(11_005);
            for (int at = 1; at < 12_000; at += 1_000) {
                ByteBuffer read = ByteBuffer.allocate(4);
                assertThat(reader.read(at, read)).isEqualTo(4);
                assertThat(read.getInt(0)).isEqualTo(at);
            }
        }
    }
}
