package io.walrus.storage.engine;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFullException;
import io.walrus.storage.journal.Journal;
import io.walrus.storage.journal.JournalFiles;
import io.walrus.storage.journal.Watermarks;
import io.walrus.storage.stream.StreamFile;
import io.walrus.storage.stream.StreamFiles;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The work behind the commits: flushing streams, taking checkpoints, deleting files. One thread at a time.
final class Checkpoints implements StreamWriter.Owner {
    private static final int FILES_AHEAD = 3;

    private final Disk disk;
    private final EngineConfig config;
    private final EngineState state;
    private final Catalog catalog;
    private final FlushQueue queue;
    private final Journal<GroupEffects> journal;
    private final Watermarks marks;
    private final JournalFiles journalFiles;
    private final long ringBytes;
    private final StreamFiles streamFiles;
    private final StreamWriter writer;
    private final AtomicInteger nextEpoch;
    private final ReentrantLock lock = new ReentrantLock();

    /// The last one taken, of which the streams are not kept.
    private Manifest manifest;
    private volatile long journalStart;
    private final AtomicLong taken = new AtomicLong();

    Checkpoints(
            Disk disk,
            EngineConfig config,
            EngineState state,
            Recovery.Recovered recovered,
            Journal<GroupEffects> journal,
            StreamFiles streamFiles) {
        this.disk = disk;
        this.config = config;
        this.state = state;
        this.catalog = recovered.catalog();
        this.queue = recovered.queue();
        this.journal = journal;
        this.marks = journal.marks();
        this.journalFiles = journal.files();
        this.ringBytes = journal.ring().capacityBytes();
        this.streamFiles = streamFiles;
        this.nextEpoch = recovered.nextEpoch();
        this.manifest = recovered.manifest().with(List.of());
        this.journalStart = manifest.journal().start();
        this.writer = new StreamWriter(config, journal, streamFiles, queue, nextEpoch::getAndIncrement, this);
    }

    long journalBytes() {
        return Math.max(0, marks.durableEnd() - journalStart);
    }

    long taken() {
        return taken.get();
    }

    /// Whether [#step] has something to do.
    boolean isDue() {
        return marks.durableEnd() - marks.flushedEnd() > ringBytes / 2
                || journal.room().wantedFloor() > marks.flushedEnd()
                || isCheckpointDue()
                || catalog.hasDropped();
    }

    /// Whether an append waits for something that can be flushed now.
    boolean isFlushAwaited() {
        return marks.flushedEnd() < Math.min(journal.room().wantedFloor(), marks.durableEnd());
    }

    private boolean isCheckpointDue() {
        return journalBytes() > config.checkpointBytes()
                || (journalFiles.lastReady() <= marks.headFile() && !journalFiles.mayGrow());
    }

    /// Does what is due: as late as memory allows, but a part of a journal that has grown large at a time, so that its
    /// first files can be used again before all of it is flushed.
    ///
    /// @return whether there is more
    boolean step() throws IOException {
        lock.lock();
        try {
            long before = journalStart;
            long limit = before + Math.max(config.checkpointBytes(), ringBytes);
            long target = Math.max(lateStart(), journal.room().wantedFloor());
            writer.flushBefore(Math.min(target, limit));
            deleteDropped();
            if (isCheckpointDue()) {
                take(Math.min(journalFiles.mayGrow() ? lateStart() : marks.durableEnd(), limit), false);
            }
            return target > limit && journalStart > before;
        } finally {
            lock.unlock();
        }
    }

    private long lateStart() {
        return marks.durableEnd() - ringBytes / 2;
    }

    /// Takes a checkpoint that leaves nothing to the journal.
    void takeNow() throws IOException {
        lock.lock();
        try {
            if (journal.committer().commit()) {
                state.groupDurable(marks.durableGroup());
            }
            take(marks.durableEnd(), false);
            deleteDropped();
        } finally {
            lock.unlock();
        }
    }

    /// Takes the last checkpoint, when nothing is appended any more. It flushes as little as any other: many streams
    /// with a few records each would cost a file each, and the journal has them.
    void takeLast() throws IOException {
        lock.lock();
        try {
            take(lateStart(), true);
            deleteDropped();
        } finally {
            lock.unlock();
        }
    }

    /// The order is what makes a crash harmless at any point of it:
    ///
    /// 1. Flush, then force the stream files and their folder. A crash: the manifest does not know of it yet.
    /// 2. Look at all streams while commits go on: [StreamSnapshot]. Then force the journal, and make the manifest
    ///    while no commit is under way. All that it says is on the device.
    /// 3. Write the manifest under a temporary name, force, rename, force the directory. A crash leaves the old
    ///    one, a temporary one, or both: the newest that has its name is whole, since it was forced before it was
    ///    renamed.
    /// 4. Delete the old manifest. A crash leaves both, and the older one is deleted at the next open.
    /// 5. Recycle journal files below the new start: nothing durable needs them any more. [JournalFiles] says
    ///    what a crash leaves of that.
    private void take(long target, boolean clean) throws IOException {
        StorageException failure = state.failure();
        if (failure != null) {
            throw failure;
        }
        writer.flushBefore(target);
        streamFiles.force();
        Manifest next = durableSnapshot(clean);
        next.write(disk);
        disk.delete(Manifest.nameOf(manifest.number()));
        manifest = next.with(List.of());
        journalStart = next.journal().start();
        journal.scanStarts().startAt(journalStart, next.journal().startGroup());
        journalFiles.recycleBefore(next.geometry().fileOf(journalStart));
        catalog.streams().forEach(LogStream::releaseIdleTail);
        taken.incrementAndGet();
    }

    /// What is durable. Taken again while truncations are on their way, which the next commit includes.
    private Manifest durableSnapshot(boolean clean) throws StorageException {
        StreamSnapshot snapshot = new StreamSnapshot(catalog, journal.committer(), marks);
        snapshot.look();
        AtomicReference<@Nullable Manifest> made = new AtomicReference<>();
        while (true) {
            commitAndForce(() -> made.set(snapshot.finish() ? manifestWithoutStreams(clean) : null));
            Manifest next = made.get();
            if (next != null) {
                return next.with(snapshot.streams());
            }
        }
    }

    /// Commits what was appended, and forces the journal whatever the policy.
    ///
    /// @throws StorageException READ_ONLY if it could not
    @Override
    public void forceJournal() throws StorageException {
        commitAndForce(() -> {});
    }

    @Override
    public void flushedBefore(long position) {
        marks.flushed(position);
        tellOfRoom();
    }

    /// Lets an append that waits for room try again, if there is some by now.
    void tellOfRoom() {
        if (journal.room().takeWanted()) {
            state.roomAvailable();
        }
    }

    private void commitAndForce(Runnable then) throws StorageException {
        boolean done = journal.committer().commitAndForce(then);
        // No one else wakes those who wait for what this commit made durable.
        state.groupDurable(marks.durableGroup());
        if (!done) {
            state.checkWritable();
        }
    }

    /// The rest of a manifest. While no commit is under way.
    private Manifest manifestWithoutStreams(boolean clean) {
        long end = marks.durableEnd();
        long group = marks.durableGroup();
        long unflushed = queue.first(end);
        Map.Entry<Long, Long> start = unflushed == end
                ? Map.entry(end, group + 1)
                : journal.scanStarts().before(unflushed);
        return new Manifest(
                manifest.number() + 1,
                clean,
                manifest.identity(),
                new Manifest.Span(start.getKey(), start.getValue(), end, group + 1),
                new Manifest.NextIds(catalog.nextDurableId(), nextEpoch.get()),
                List.of());
    }

    /// Deletes files that truncations, trims and deletions dropped, once these are forced: see [Catalog].
    private void deleteDropped() throws IOException {
        if (!catalog.hasDropped()) {
            return;
        }
        forceJournal();
        Catalog.Dropped dropped = catalog.pollDropped(marks.forcedGroup());
        while (dropped != null) {
            streamFiles.delete(dropped.streamId(), dropped.file(), isNameReused(dropped));
            dropped = catalog.pollDropped(marks.forcedGroup());
        }
    }

    private boolean isNameReused(Catalog.Dropped dropped) {
        LogStream stream = catalog.anyStream(dropped.streamId());
        if (stream == null) {
            return false;
        }
        for (StreamFile file : stream.chain().files()) {
            if (file.base().records() == dropped.file().base().records()) {
                return true;
            }
        }
        return false;
    }

    /// Whether a journal file should be made ready: the one after that which appends have reached, and while it takes
    /// no more than a new header, some after it, as a header can take long while much else is being written.
    boolean isFileDue() {
        long ahead = journalFiles.lastReady() - marks.headFile();
        return journalFiles.mayGrow() && (ahead <= 0 || (ahead < FILES_AHEAD && journalFiles.hasSpare()));
    }

    /// Makes ready what is due.
    void prepareFiles() throws IOException {
        while (isFileDue()) {
            journalFiles.prepareNext();
            tellOfRoom();
        }
    }

    /// Deletes spare journal files that only save time.
    ///
    /// @return whether there were any
    boolean dropSpares() throws IOException {
        return journalFiles.dropSpares();
    }

    /// Looks how much room there is.
    ///
    /// @throws DiskFullException if it is too little
    void checkRoom() throws IOException {
        long usable = disk.usableBytes();
        state.usableBytes(usable);
        if (usable < config.minFreeBytes()) {
            throw new DiskFullException(
                    "Only " + usable + " bytes are free on the disk, less than the " + config.minFreeBytes()
                            + " kept free.",
                    null);
        }
    }
}
