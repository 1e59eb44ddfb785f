package io.walrus.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskWrapper;
import io.walrus.storage.io.FileDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class JournalFilesTest {
    private static final EngineIdentity IDENTITY = new EngineIdentity(new UUID(1, 2), new Geometry(64 << 10, 64 << 10));

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void filesAreRecycledWhileANewOneIsBeingFilledWithZeros() throws Exception {
        SlowDisk disk = new SlowDisk(new FileDisk(folder));
        disk.createDirectories(Geometry.FOLDER);
        AtomicInteger epochs = new AtomicInteger(1);
        JournalFiles files = new JournalFiles(
                disk, IDENTITY, epochs::getAndIncrement, Disk.WriteMode.BUFFERED, new JournalFiles.Limits(10, 0), 0);
        files.prepareNext();
        files.prepareNext();

        disk.slow = true;
        CompletableFuture<Void> preparing = CompletableFuture.runAsync(() -> {
            try {
                files.prepareNext();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        disk.reached.await();
        files.recycleBefore(1);
        assertThat(preparing).isNotDone();
        disk.goOn.countDown();
        preparing.get(30, TimeUnit.SECONDS);

        assertThat(files.lastReady()).isEqualTo(2);
        files.prepareNext();
        assertThat(disk.list(Geometry.FOLDER))
                .as("the recycled file is used again")
                .containsExactly("0000000000000001.journal", "0000000000000002.journal", "0000000000000003.journal");
        files.close();
    }

    @Test
    void sparesAreKeptForAWholeJournalUntilSpaceIsShort() throws IOException {
        FileDisk disk = new FileDisk(folder);
        disk.createDirectories(Geometry.FOLDER);
        AtomicInteger epochs = new AtomicInteger(1);
        JournalFiles files = new JournalFiles(
                disk, IDENTITY, epochs::getAndIncrement, Disk.WriteMode.MAPPED, new JournalFiles.Limits(6, 0), 0);
        for (int i = 0; i < 6; i++) {
            files.prepareNext();
        }
        files.recycleBefore(5);
        assertThat(disk.list(Geometry.FOLDER)).as("one in use, five spares").hasSize(6);
        assertThat(files.dropSpares()).isTrue();
        assertThat(disk.list(Geometry.FOLDER)).as("one in use, two spares").hasSize(3);
        assertThat(files.dropSpares()).isFalse();
        files.close();
    }

    /// A disk on which the next file to be created takes as long as one likes.
    private static final class SlowDisk extends DiskWrapper {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private volatile boolean slow;

        SlowDisk(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile open(String path, WriteMode mode) throws IOException {
            if (slow) {
                slow = false;
                reached.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return super.open(path, mode);
        }
    }
}
