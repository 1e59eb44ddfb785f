package io.walrus.storage.journal;

import io.walrus.storage.error.Invariants;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The journal's files: prepares them ahead of need, recycles them, and finds the one of a position.
///
/// A file gets its name only once its header is durable. Between two uses it is a spare: zero-written once, and from
/// then on only its header changes; the new epoch there makes all older bytes invalid.
///
/// What a crash leaves, and what recovery makes of it:
///
/// - *Preparing a file*: a spare without its zeros or its header, a whole spare, or the named file. A spare whose
///   header is not whole is deleted, any other one kept. A file has its name only after its header and zeros were
///   forced, so a bad header under a file's name is damage, never a file that was just being made.
/// - *Rolling* to the next file: what a commit leaves. The first group of a file is like any other.
/// - *Recycling*: files below the journal's start under their names, as spares, or gone. The manifest needs none of
///   them; they become spares or are deleted. The folder is forced before a spare gets another header, so the new
///   header never shows under the old name.
///
/// One thread prepares files while another recycles them. Each does its work on the disk without a lock; the monitor
/// guards only which spares there are.
public final class JournalFiles {
    /// Kept however large the journal is, and when space is short.
    private static final int MIN_SPARES = 2;
    private static final int ZERO_CHUNK_BYTES = 1 << 20;
    private static final long NO_FILE = -1;

    private final Disk disk;
    private final Geometry geometry;
    private final EngineIdentity identity;
    private final IntSupplier nextEpoch;
    private final Disk.WriteMode mode;
    private final Limits limits;
    private final ConcurrentMap<Long, JournalFile> files = new ConcurrentHashMap<>();
    private final ByteBuffer headerBytes = JournalHeader.buffer();
    private final Deque<Long> spares = new ArrayDeque<>();
    private long nextSpare;
    private JournalHeader.@Nullable Cut cut;
    private long cutFile = NO_FILE;

    private volatile long first;
    private volatile long lastReady;

    /// How much of the disk the journal may take.
    ///
    /// @param maxFiles files it may have at a time
    /// @param minFreeBytes what a new file leaves free on the disk
    public record Limits(long maxFiles, long minFreeBytes) {}

    /// Starts without any file.
    ///
    /// @param first number of the first file in use
    /// @param nextEpoch hands out epochs, each once
    public JournalFiles(
            Disk disk, EngineIdentity identity, IntSupplier nextEpoch, Disk.WriteMode mode, Limits limits, long first) {
        this.disk = disk;
        this.geometry = identity.geometry();
        this.identity = identity;
        this.nextEpoch = nextEpoch;
        this.mode = mode;
        this.limits = limits;
        this.first = first;
        this.lastReady = first - 1;
    }

    /// Where positions lie in the files.
    public Geometry geometry() {
        return geometry;
    }

    /// Whether each write is on the device when it returns.
    boolean forcesWrites() {
        return mode == Disk.WriteMode.FORCED;
    }

    /// Takes over a file found at recovery; they come in order, without gaps.
    public synchronized void adopt(JournalHeader header) throws IOException {
        Invariants.check(header.number() == lastReady + 1, "journal files are adopted in order");
        files.put(header.number(), new JournalFile(disk, header, mode));
        lastReady = header.number();
    }

    /// Takes over a spare found at recovery.
    public synchronized void adoptSpare(long number) throws IOException {
        nextSpare = Math.max(nextSpare, number + 1);
        if (spares.size() < limits.maxFiles()) {
            spares.add(number);
        } else {
            disk.delete(Geometry.sparePath(number));
        }
    }

    /// Deletes spares that only save the time to make new ones.
    ///
    /// @return whether there were any
    public boolean dropSpares() throws IOException {
        boolean dropped = false;
        while (spareCount() > MIN_SPARES) {
            Long spare = takeSpare();
            if (spare != null) {
                disk.delete(Geometry.sparePath(spare));
                dropped = true;
            }
        }
        return dropped;
    }

    boolean isReady(long file) {
        return file <= lastReady;
    }

    /// The last file that is ready.
    public long lastReady() {
        return lastReady;
    }

    /// Whether one more file would keep the journal within its bound.
    public boolean mayGrow() {
        return lastReady + 1 - first < limits.maxFiles();
    }

    JournalFile file(long number) {
        JournalFile file = files.get(number);
        if (file == null) {
            throw new IllegalStateException("Broken invariant: journal file " + number + " is not open");
        }
        return file;
    }

    /// Reads journal bytes back from the disk.
    ///
    /// @return bytes read, or -1 if that file is no longer part of the journal
    public int read(long position, ByteBuffer target) throws IOException {
        JournalFile file = files.get(geometry.fileOf(position));
        return file == null ? -1 : file.read(position, target);
    }

    /// The mask of the file a position is in, 0 if it is no longer part of the journal.
    public int maskAt(long position) {
        JournalFile file = files.get(geometry.fileOf(position));
        return file == null ? 0 : file.mask();
    }

    /// The file a position is in, for messages.
    public String pathAt(long position) {
        return Geometry.pathOf(geometry.fileOf(position));
    }

    /// Notes that the file to be prepared next follows a cut.
    public synchronized void cutBeforeNext(JournalHeader.Cut where) {
        cut = where;
        cutFile = lastReady + 1;
    }

    /// Makes the next file ready, durably. For one thread at a time.
    public void prepareNext() throws IOException {
        long number = lastReady + 1;
        Long ready = takeSpare();
        long spare = ready == null ? newSpare() : ready;
        boolean named = false;
        try {
            if (ready == null) {
                writeZeros(Geometry.sparePath(spare));
            }
            JournalHeader header =
                    new JournalHeader(nextEpoch.getAsInt(), number, identity, number == cutFile ? cut : null);
            header.encode(headerBytes);
            try (DiskFile file = disk.open(Geometry.sparePath(spare), Disk.WriteMode.BUFFERED)) {
                file.write(0, headerBytes);
                file.force();
            }
            disk.rename(Geometry.sparePath(spare), Geometry.pathOf(number));
            named = true;
            disk.forceDirectory(Geometry.FOLDER);
            files.put(number, new JournalFile(disk, header, mode));
            lastReady = number;
        } finally {
            if (!named) {
                // Its state is unknown and its room may be what is missing.
                disk.delete(Geometry.sparePath(spare));
            }
        }
    }

    public synchronized boolean hasSpare() {
        return !spares.isEmpty();
    }

    private synchronized @Nullable Long takeSpare() {
        return spares.poll();
    }

    private synchronized long newSpare() {
        return nextSpare++;
    }

    private void writeZeros(String path) throws IOException {
        long bytes = Geometry.HEADER_BYTES + geometry.fileBytes();
        if (disk.usableBytes() - bytes < limits.minFreeBytes()) {
            throw new DiskFullException("No space left for another journal file.", null);
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(bytes, ZERO_CHUNK_BYTES));
        try (DiskFile file = disk.open(path, Disk.WriteMode.BUFFERED)) {
            for (long at = 0; at < bytes; at += zeros.capacity()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
                file.write(at, zeros);
            }
            file.force();
        }
    }

    /// Ends the use of all files before `file`. No durable state may need them any more. For one thread at a time.
    ///
    /// As many spares are kept as the journal may have files: filling new ones with zeros takes longer than all
    /// else.
    public void recycleBefore(long file) throws IOException {
        List<Long> renamed = new ArrayList<>();
        long maxSpares = limits.maxFiles() - (lastReady + 1 - file);
        boolean changed = false;
        for (long number = first; number < file && number <= lastReady; number++) {
            JournalFile ended = files.remove(number);
            if (ended != null) {
                ended.close();
            }
            retire(number, renamed, maxSpares);
            changed = true;
        }
        first = Math.max(first, file);
        if (changed) {
            // Before a spare's header changes, or a crash could show the new header under the old name.
            disk.forceDirectory(Geometry.FOLDER);
        }
        addSpares(renamed);
    }

    /// Ends the use of files found at recovery that are not open. Makes all names in the folder durable even if there
    /// are none: a spare found there may have got its own just before a crash.
    public void retire(List<Long> numbers) throws IOException {
        List<Long> renamed = new ArrayList<>();
        for (long number : numbers) {
            retire(number, renamed, MIN_SPARES);
        }
        disk.forceDirectory(Geometry.FOLDER);
        addSpares(renamed);
    }

    /// Turns a file into a spare, which may be used once that is durable, or deletes it if there are enough.
    private void retire(long number, List<Long> renamed, long maxSpares) throws IOException {
        if (spareCount() + renamed.size() < Math.max(MIN_SPARES, maxSpares)) {
            long spare = newSpare();
            disk.rename(Geometry.pathOf(number), Geometry.sparePath(spare));
            renamed.add(spare);
        } else {
            disk.delete(Geometry.pathOf(number));
        }
    }

    private synchronized int spareCount() {
        return spares.size();
    }

    private synchronized void addSpares(List<Long> added) {
        spares.addAll(added);
    }

    /// Forces what was written to any file before the call, while more is being written. Under the force lock.
    void forceAhead() throws IOException {
        for (long number = first; number <= lastReady; number++) {
            JournalFile file = files.get(number);
            if (file != null) {
                file.forceAhead();
            }
        }
    }

    /// Forces what was written to any file. Under the force and the commit lock.
    void forceAll() throws IOException {
        for (long number = first; number <= lastReady; number++) {
            JournalFile file = files.get(number);
            if (file != null) {
                file.force();
            }
        }
    }

    public synchronized void close() throws IOException {
        for (JournalFile file : files.values()) {
            file.close();
        }
        files.clear();
    }
}
