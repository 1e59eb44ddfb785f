package io.walrus.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(60)
class FileDiskTest {
    private static final int BLOCK = Disk.BLOCK_BYTES;

    @Parameter
    Backend backend = Backend.CHANNELS;

    @TempDir
    Path folder = Path.of("");

    private FileDisk disk = new FileDisk(folder);

    @BeforeEach
    void open() {
        disk = backend.open(folder);
    }

    @AfterEach
    void close() {
        Backend.close(disk);
    }

    @Test
    void lookingHowMuchRoomThereIsReadsNoTableOfMounts() throws IOException {
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
        ByteBuffer aligned = Disk.alignedBuffer(1 << 20);
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

    @Test
    void whatTheDeviceHasIsReadFromAnyPlace() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] bytes = new byte[1_000_003];
        random.nextBytes(bytes);
        try (DiskFile file = disk.open("file", Disk.WriteMode.BUFFERED)) {
            file.write(0, ByteBuffer.wrap(bytes));
        }
        try (DiskFile checked = disk.openForChecking("file")) {
            assertThat(checked.size()).isEqualTo(bytes.length);
            assertThat(contents(checked, bytes.length + 1)).isEqualTo(bytes);
            for (int i = 0; i < 200; i++) {
                int at = random.nextInt(bytes.length + 5_000);
                ByteBuffer read = ByteBuffer.allocate(1 + random.nextInt(i % 2 == 0 ? 300_000 : 100));
                int count = checked.read(at, read);
                assertThat(count)
                        .as("seed %d, %d bytes at %d", seed, read.capacity(), at)
                        .isEqualTo(Math.clamp(bytes.length - at, 0, read.capacity()));
                assertThat(Arrays.copyOf(read.array(), count))
                        .isEqualTo(Arrays.copyOfRange(
                                bytes, Math.min(at, bytes.length), Math.min(at, bytes.length) + count));
            }
        }
        assertThatThrownBy(() -> disk.openForChecking("other")).isInstanceOf(NoSuchFileException.class);
    }

    private static byte[] contents(DiskFile file, int most) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(most);
        int count = file.read(0, read);
        return Arrays.copyOf(read.array(), count);
    }

    @Test
    void aForcedFileStaysUsableThoughItsUsersAreInterrupted() throws IOException {
        try (DiskFile file = disk.open("file", Disk.WriteMode.FORCED)) {
            for (int i = 0; i < 10; i++) {
                Thread.currentThread().interrupt();
                file.write((long) BLOCK * i, random(i, BLOCK));
                assertThat(Thread.interrupted()).isTrue();
            }
        }
        try (DiskFile reader = disk.openForReading("file")) {
            for (int i = 0; i < 10; i++) {
                Thread.currentThread().interrupt();
                assertReads(reader, (long) BLOCK * i, random(i, BLOCK));
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }

    @Test
    void whatIsWrittenThroughAMappingIsInTheFile() throws IOException {
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

    @Test
    void aFailureAmongManyForcesIsTold() throws IOException {
        List<DiskFile> files = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            DiskFile file = disk.open("file-" + i, Disk.WriteMode.BULK);
            file.write(0, ByteBuffer.allocate(8).putInt(0, i));
            files.add(file);
        }
        disk.force(files);
        files.get(20).close();
        assertThatThrownBy(() -> disk.force(files)).isInstanceOf(ClosedChannelException.class);
        for (DiskFile file : files) {
            file.close();
        }
    }

    @Test
    void forcedWritesOfAnyLengthAreInTheFile() throws IOException {
        int[] blocks = {1, 4, 16, 256, 1, 700};
        try (DiskFile file = disk.open("file", Disk.WriteMode.FORCED);
                DiskFile reader = disk.openForReading("file")) {
            long at = 0;
            for (int count : blocks) {
                ByteBuffer written = random(count, count * BLOCK);
                file.write(at, written);
                assertThat(written.hasRemaining()).isFalse();
                assertReads(reader, at, random(count, count * BLOCK));
                at += written.limit();
            }
            assertThat(file.size()).isEqualTo(at);
            ByteBuffer heap = ByteBuffer.allocate(700 * BLOCK).put(random(9, 700 * BLOCK));
            file.write(BLOCK, heap.flip());
            assertThat(heap.hasRemaining()).isFalse();
            assertReads(reader, BLOCK, random(9, 700 * BLOCK));
            file.force();
            file.truncate(2L * BLOCK);
            assertThat(reader.size()).isEqualTo(2L * BLOCK);
            file.truncate(3L * BLOCK);
            assertThat(reader.size()).isEqualTo(2L * BLOCK);
        }
    }

    @Test
    void readsFromAnyPlaceUpToTheLastByte() throws IOException {
        int length = 3 * BLOCK + 1_717;
        write(length);
        ByteBuffer all = random(1, length);
        SplittableRandom random = new SplittableRandom(2);
        try (DiskFile file = disk.openForReading("file")) {
            for (int i = 0; i < 500; i++) {
                int at = random.nextInt(length);
                int bytes = random.nextInt(2 * BLOCK);
                int expected = Math.min(bytes, length - at);
                ByteBuffer target = i % 2 == 0 ? ByteBuffer.allocateDirect(bytes + 7) : ByteBuffer.allocate(bytes + 7);
                assertThat(file.read(at, target.position(7))).isEqualTo(expected);
                assertThat(target.position()).isEqualTo(7 + expected);
                assertThat(target.flip().position(7)).isEqualTo(all.slice(at, expected));
            }
            assertThat(file.read(length, ByteBuffer.allocateDirect(10))).isZero();
            assertThat(file.read(length + 100_000, ByteBuffer.allocate(10))).isZero();
            assertThat(file.read(0, ByteBuffer.allocateDirect(0))).isZero();
        }
    }

    @Test
    void manyThreadsReadOneFile() throws Exception {
        int length = 1 << 20;
        write(length);
        ByteBuffer all = random(1, length);
        try (DiskFile file = disk.openForReading("file");
                ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 16; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                running.add(threads.submit(() -> {
                    ByteBuffer target = ByteBuffer.allocateDirect(10_000);
                    for (int i = 0; i < 2_000; i++) {
                        int bytes = 1 + random.nextInt(target.capacity());
                        int at = random.nextInt(length - bytes);
                        assertThat(file.read(at, target.clear().limit(bytes))).isEqualTo(bytes);
                        assertThat(target.flip()).isEqualTo(all.slice(at, bytes));
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    @Test
    void aClosedFileRefusesWhileOthersAreOpened() throws Exception {
        write(BLOCK);
        Files.write(folder.resolve("other"), new byte[BLOCK]);
        for (int round = 0; round < 50; round++) {
            DiskFile file = disk.openForReading("file");
            CountDownLatch reading = new CountDownLatch(2);
            AtomicBoolean wrong = new AtomicBoolean();
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                for (int thread = 0; thread < 2; thread++) {
                    threads.execute(() -> readUntilClosed(file, reading, wrong));
                }
                reading.await();
                file.close();
                // Gets the number that the closed one had.
                disk.openForReading("other").close();
            }
            assertThat(wrong).isFalse();
            file.close();
        }
    }

    private static void readUntilClosed(DiskFile file, CountDownLatch reading, AtomicBoolean wrong) {
        ByteBuffer target = ByteBuffer.allocateDirect(BLOCK);
        try {
            while (true) {
                file.read(0, target.clear());
                if (!target.flip().equals(random(1, BLOCK))) {
                    wrong.set(true);
                }
                reading.countDown();
            }
        } catch (ClosedChannelException _) {
            // As it should.
        } catch (IOException _) {
            wrong.set(true);
        }
    }

    @Test
    void everyCallOfAClosedFileFails() throws IOException {
        DiskFile file = disk.open("file", Disk.WriteMode.FORCED);
        file.write(0, random(1, BLOCK));
        file.close();
        file.close();
        assertThatThrownBy(() -> file.write(0, random(1, BLOCK))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.read(0, random(1, BLOCK))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::force).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::size).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(ClosedChannelException.class);
        assertThat(Files.size(folder.resolve("file"))).isEqualTo(BLOCK);
    }

    @Test
    void whatCannotBeOpenedIsNamed() {
        assertThatThrownBy(() -> disk.openForReading("missing"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> disk.open("no/folder", Disk.WriteMode.FORCED))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("folder");
    }

    @Test
    void openingAndClosingLeavesNothingOpen() throws IOException {
        write(BLOCK);
        long before = openDescriptors();
        for (int i = 0; i < 20; i++) {
            FileDisk another = backend.open(folder);
            try (DiskFile forced = another.open("forced", Disk.WriteMode.FORCED);
                    DiskFile reader = another.openForReading("file")) {
                forced.write(0, random(1, BLOCK));
                assertReads(reader, 0, random(1, BLOCK));
            }
            assertThatThrownBy(() -> another.openForReading("missing")).isInstanceOf(NoSuchFileException.class);
            Backend.close(another);
            Backend.close(another);
        }
        assertThat(openDescriptors()).isEqualTo(before);
    }

    private static long openDescriptors() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        assumeThat(descriptors).isDirectory();
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.count();
        }
    }

    @Test
    void aFullDiskIsToldFromAnError() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        int mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString());
        assumeThat(mounted).as("this test needs the right to mount a tmpfs").isZero();
        FileDisk full = backend.open(small);
        try (DiskFile file = full.open("file", Disk.WriteMode.FORCED)) {
            file.write(0, random(1, BLOCK));
            assertThatThrownBy(() -> file.write(BLOCK, random(2, 2 << 20))).isInstanceOf(DiskFullException.class);
            file.write(0, random(3, BLOCK));
            try (DiskFile reader = full.openForReading("file")) {
                assertReads(reader, 0, random(3, BLOCK));
            }
            assertThatThrownBy(() -> full.open("x".repeat(300), Disk.WriteMode.FORCED))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(DiskFullException.class);
        } finally {
            Backend.close(full);
            assertThat(run("umount", small.toString())).isZero();
        }
    }

    /// Java writes past the cache in multiples of the file system's blocks only.
    @Test
    void aFileSystemWithLargerBlocksIsWrittenToo() throws Exception {
        Path image = folder.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(320 << 20);
        }
        Path large = Files.createDirectory(folder.resolve("large"));
        assumeThat(run("sh", "-c", "mkfs.xfs -q -b size=16384 " + image + " && mount -o loop " + image + " " + large))
                .as("this test needs mkfs.xfs, Linux 6.12 and the right to mount")
                .isZero();
        FileDisk onIt = backend.open(large);
        try (DiskFile forced = onIt.open("forced", Disk.WriteMode.FORCED);
                DiskFile bulk = onIt.open("bulk", Disk.WriteMode.BULK)) {
            forced.write(BLOCK, random(1, BLOCK));
            bulk.write(BLOCK, random(2, 1 << 20));
            try (DiskFile ofForced = onIt.openForReading("forced");
                    DiskFile ofBulk = onIt.openForReading("bulk")) {
                assertReads(ofForced, BLOCK, random(1, BLOCK));
                assertReads(ofBulk, BLOCK, random(2, 1 << 20));
            }
        } finally {
            Backend.close(onIt);
            assertThat(run("umount", large.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private void write(int length) throws IOException {
        try (DiskFile file = disk.open("file", Disk.WriteMode.BUFFERED)) {
            file.write(0, random(1, length));
        }
    }

    private static void assertReads(DiskFile file, long at, ByteBuffer expected) throws IOException {
        ByteBuffer read = ByteBuffer.allocateDirect(expected.remaining());
        assertThat(file.read(at, read)).isEqualTo(expected.remaining());
        assertThat(read.flip()).isEqualTo(expected);
    }

    /// Bytes at an address that direct I/O takes.
    private static ByteBuffer random(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return Disk.alignedBuffer(length).put(bytes).flip();
    }
}
