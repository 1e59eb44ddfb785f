package io.walrus.testkit.disk;

import io.walrus.storage.io.DirectoryInUseException;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFullException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A disk in memory that keeps exactly what [Disk] promises across a crash and, from a seed, any part of the rest.
///
/// Each change (write, force, create, rename, …) is a [Boundary]: before it takes effect a watcher may look at the disk
/// and fork what a crash at this moment would leave ([#survivors]), or the disk itself stops there ([#crashAt]).
/// Thread-safe; one lock for all.
public final class SimDisk implements Disk {
    /// In the message of each error that was asked for.
    public static final String INJECTED = "injected: Input/output error";

    private final Names names;
    private final Faults faults = new Faults();
    private final Set<Lie> lies = new HashSet<>();
    private final Set<String> locked = new HashSet<>();
    private long capacityBytes = Long.MAX_VALUE;
    private long boundaries;
    private long crashAt = Long.MAX_VALUE;
    private boolean crashed;
    private @Nullable Consumer<Boundary> watcher;
    private @Nullable Boundary lastBoundary;

    /// An empty disk that never fails.
    public SimDisk() {
        this(new Names(), 0);
    }

    private SimDisk(Names names, long boundaries) {
        this.names = names;
        this.boundaries = boundaries;
    }

    /// Calls `observer` at each boundary, when the change is under way. It may fork this disk but not use it.
    public synchronized void watch(Consumer<Boundary> observer) {
        watcher = observer;
    }

    /// Stops this disk at boundary `number`: that call and each later one throw [CrashSignal].
    public synchronized void crashAt(long number) {
        crashAt = number;
    }

    /// The boundaries passed so far, by this disk and those it survives.
    public synchronized long boundaries() {
        return boundaries;
    }

    /// The last boundary passed, for messages.
    public synchronized @Nullable Boundary lastBoundary() {
        return lastBoundary;
    }

    /// A disk with what a crash at this moment leaves of this one, free of faults, lies and limits. After a loss of
    /// power all of it is durable; after the death of the process only what was before.
    public synchronized SimDisk survivors(CrashOutcome outcome, long seed) {
        return new SimDisk(names.survivors(outcome, new SplittableRandom(seed)), boundaries);
    }

    /// Limits the sum of all file sizes.
    public synchronized void limitCapacity(long bytes) {
        capacityBytes = bytes;
    }

    /// The sum of all file sizes.
    public synchronized long usedBytes() {
        return names.usedBytes();
    }

    /// Breaks a promise from now on.
    public synchronized void lieAbout(Lie lie) {
        lies.add(lie);
    }

    /// Fails one later call: the first `skip` calls of this kind on paths starting with `pathPrefix` go well, the next
    /// one throws. A failed write leaves a part; what a failed force left behind no later force makes durable.
    public synchronized void failOnce(Operation operation, String pathPrefix, int skip) {
        faults.add(operation, pathPrefix, skip, false);
    }

    /// As [#failOnce], and each later such call throws too, until [#healFaults].
    public synchronized void failAlways(Operation operation, String pathPrefix, int skip) {
        faults.add(operation, pathPrefix, skip, true);
    }

    /// Forgets all faults asked for.
    public synchronized void healFaults() {
        faults.clear();
    }

    /// Turns one bit of a file over, for readers and across crashes alike.
    ///
    /// @param bit 0 to 7
    public synchronized void flipBit(String path, int offset, int bit) throws IOException {
        names.find(path).flipBit(offset, bit);
    }

    /// All bytes of a file as a reader sees them.
    public synchronized byte[] bytes(String path) throws IOException {
        return names.find(path).bytes();
    }

    /// The paths of all files, sorted.
    public synchronized List<String> files() {
        return names.files();
    }

    @Override
    public synchronized DiskFile open(String path, WriteMode mode) throws IOException {
        alive();
        if (!names.exists(path)) {
            SimInode inode = new SimInode();
            names.beginCreate(tick(), path, inode);
            boundary(Operation.CREATE, path, "");
        }
        return new Handle(path, names.find(path), mode, true);
    }

    @Override
    public synchronized DiskFile openForReading(String path) throws IOException {
        alive();
        return new Handle(path, names.find(path), WriteMode.BUFFERED, false);
    }

    @Override
    public synchronized boolean exists(String path) {
        alive();
        return names.exists(path) || names.isDirectory(path);
    }

    @Override
    public synchronized List<String> list(String directory) {
        alive();
        return names.list(directory);
    }

    @Override
    public synchronized void createDirectories(String directory) {
        alive();
        names.createDirectories(directory);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        alive();
        names.find(from);
        names.beginRename(tick(), from, to);
        boundary(Operation.RENAME, from, to);
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        alive();
        if (names.exists(path)) {
            names.beginDelete(tick(), path);
            boundary(Operation.DELETE, path, "");
        }
    }

    @Override
    public synchronized void forceDirectory(String directory) throws IOException {
        alive();
        boundary(Operation.FORCE_DIRECTORY, directory, "");
        if (keeps(Lie.Promise.FORCE_DIRECTORY, directory)) {
            names.force(directory);
        }
    }

    @Override
    public synchronized long usableBytes() {
        alive();
        return Math.max(0, capacityBytes - names.usedBytes());
    }

    @Override
    public synchronized Closeable lock(String path) throws IOException {
        alive();
        if (!locked.add(path)) {
            throw new DirectoryInUseException(path + " is held");
        }
        DiskFile file = open(path, WriteMode.BUFFERED);
        return () -> {
            synchronized (this) {
                locked.remove(path);
                file.close();
            }
        };
    }

    private long tick() {
        return boundaries;
    }

    /// Counts the boundary of the change that was just begun, lets the watcher look, crashes or fails if told to, and
    /// ends the change.
    private void boundary(Operation operation, String path, String target) throws IOException {
        passBoundary(operation, path, 0, 0, target);
        if (faults.hit(operation, path)) {
            names.undo();
            throw new IOException(INJECTED + ": " + operation + " " + path);
        }
        names.finish();
    }

    private void passBoundary(Operation operation, String path, long position, int length, String target) {
        Boundary boundary = new Boundary(boundaries++, operation, path, position, length, target);
        lastBoundary = boundary;
        if (watcher != null) {
            watcher.accept(boundary);
        }
        if (boundary.number() >= crashAt) {
            crashed = true;
            alive();
        }
    }

    private boolean keeps(Lie.Promise promise, String path) {
        return lies.stream().noneMatch(lie -> lie.promise() == promise && path.startsWith(lie.pathPrefix()));
    }

    private void alive() {
        if (crashed) {
            throw new CrashSignal("the simulated machine stopped at " + lastBoundary);
        }
    }

    private final class Handle implements DiskFile {
        private final String path;
        private final SimInode inode;
        private final WriteMode mode;
        private final boolean writable;
        private boolean closed;

        Handle(String path, SimInode inode, WriteMode mode, boolean writable) {
            this.path = path;
            this.inode = inode;
            this.mode = mode;
            this.writable = writable;
        }

        @Override
        public void write(long position, ByteBuffer source) throws IOException {
            synchronized (SimDisk.this) {
                usable(true);
                if (mode == WriteMode.FORCED) {
                    checkAligned(position, source);
                }
                int start = Math.toIntExact(position);
                byte[] bytes = new byte[source.remaining()];
                source.get(bytes);
                inode.beginWrite(tick(), start, bytes);
                passBoundary(Operation.WRITE, path, position, bytes.length, "");
                if (faults.hit(Operation.WRITE, path)) {
                    inode.fail(bytes.length / 2 / SimInode.SECTOR_BYTES * SimInode.SECTOR_BYTES);
                    throw new IOException(INJECTED + ": write " + path);
                }
                long growth = Math.max(0, position + bytes.length - inode.size());
                long room = Math.max(0, capacityBytes - names.usedBytes());
                if (growth > room) {
                    inode.fail((int) Math.max(0, bytes.length - (growth - room)));
                    throw new DiskFullException(
                            "No space left on device", new IOException("simulated limit of " + capacityBytes + " B"));
                }
                inode.finish();
                if (mode == WriteMode.FORCED && keeps(Lie.Promise.FORCED_WRITE, path)) {
                    inode.forceRange(start, bytes.length);
                }
            }
        }

        private void checkAligned(long position, ByteBuffer source) {
            boolean addressAligned = !source.isDirect() || source.alignmentOffset(source.position(), BLOCK_BYTES) == 0;
            if (position % BLOCK_BYTES != 0 || source.remaining() % BLOCK_BYTES != 0 || !addressAligned) {
                throw new IllegalArgumentException(
                        "a forced write must be aligned to %d B: %s at %d, %d B, address %saligned"
                                .formatted(
                                        BLOCK_BYTES, path, position, source.remaining(), addressAligned ? "" : "not "));
            }
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            synchronized (SimDisk.this) {
                usable(false);
                if (faults.hit(Operation.READ, path)) {
                    throw new IOException(INJECTED + ": read " + path);
                }
                byte[] bytes = new byte[target.remaining()];
                int count = inode.read(position, bytes);
                target.put(bytes, 0, count);
                return count;
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimDisk.this) {
                usable(true);
                passBoundary(Operation.FORCE, path, 0, 0, "");
                if (faults.hit(Operation.FORCE, path)) {
                    inode.failForce();
                    throw new IOException(INJECTED + ": force " + path);
                }
                if (keeps(Lie.Promise.FORCE, path)) {
                    inode.force();
                }
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (SimDisk.this) {
                usable(false);
                return inode.size();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimDisk.this) {
                usable(true);
                if (size >= inode.size()) {
                    return;
                }
                inode.beginTruncate(tick(), Math.toIntExact(size));
                passBoundary(Operation.TRUNCATE, path, size, 0, "");
                if (faults.hit(Operation.TRUNCATE, path)) {
                    inode.fail(0);
                    throw new IOException(INJECTED + ": truncate " + path);
                }
                inode.finish();
            }
        }

        @Override
        public void close() {
            synchronized (SimDisk.this) {
                closed = true;
            }
        }

        private void usable(boolean forWriting) throws IOException {
            alive();
            if (closed) {
                throw new IOException("closed: " + path);
            }
            if (forWriting && !writable) {
                throw new IOException("opened for reading only: " + path);
            }
        }
    }
}
