package io.walrus.consensus.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Room on the disk that is kept for the metadata, in two files. Each is deleted when the disk is nearly full: one
/// while the node runs, because the first write that finds no room closes Ratis' log for good; the other when the node
/// starts, which needs room too, after other data may have taken the first file's. Both are written again when there is
/// plenty of room.
///
/// The content of the files is of no use, so a crash may leave them in any state; a file of the wrong size is written
/// anew.
final class Reserve implements AutoCloseable {
    static final long FILE_BYTES = 8 << 20;

    /// With less room than this a reserve is deleted.
    static final long LITTLE_BYTES = 4 << 20;

    /// With more room than this the reserves are written.
    static final long PLENTY_BYTES = 64 << 20;

    private static final long LOOK_EVERY_MS = 200;

    /// The reserves are written after the node has run for this long: a start is busy enough, and an fsync would wait
    /// for them.
    private static final long MAKE_AFTER_NS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);

    private final Path root;
    /// Kept, because the look-up reads the table of all mounts.
    private final FileStore store;

    private final Path whileRunning;
    private final Path forStarting;
    private final Thread watch;
    private final long openedNs = System.nanoTime();
    private volatile boolean closed;

    /// @param root the folder they are in
    private Reserve(Path root) throws IOException {
        this.root = root;
        store = Files.getFileStore(root);
        whileRunning = root.resolve("reserve-running");
        forStarting = root.resolve("reserve-starting");
        watch = Thread.ofPlatform().daemon().name("metadata-reserve").unstarted(this::watch);
    }

    /// Makes room if there is little, and begins to watch the disk.
    static Reserve open(Path root) throws IOException {
        Reserve reserve = new Reserve(root);
        if (reserve.store.getUsableSpace() < LITTLE_BYTES) {
            reserve.giveUp(reserve.forStarting);
        }
        reserve.watch.start();
        return reserve;
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
    }

    private void watch() {
        while (!closed) {
            try {
                look();
            } catch (IOException e) {
                LOG.debug("The reserve of {} cannot be looked after: {}", root, e.getMessage());
            }
            try {
                Thread.sleep(LOOK_EVERY_MS);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void look() throws IOException {
        long room = store.getUsableSpace();
        if (room < LITTLE_BYTES) {
            giveUp(whileRunning);
        } else if (room > PLENTY_BYTES && System.nanoTime() - openedNs > MAKE_AFTER_NS) {
            make(whileRunning);
            make(forStarting);
        }
    }

    private void giveUp(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            LOG.warn(
                    "The disk of {} is full: the metadata log now uses the {} MiB kept for it. Make room on the disk.",
                    root,
                    FILE_BYTES >> 20);
        }
    }

    private void make(Path file) throws IOException {
        if (size(file) == FILE_BYTES) {
            return;
        }
        // A file system that compresses keeps no room for zeros.
        byte[] noise = new byte[1 << 20];
        new SplittableRandom(0).nextBytes(noise);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (channel.position() < FILE_BYTES && !closed) {
                channel.write(ByteBuffer.wrap(noise));
            }
        }
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException _) {
            return -1;
        }
    }
}
