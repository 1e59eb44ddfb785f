package io.walrus.storage.engine;

import io.walrus.storage.error.Invariants;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.DirectoryInUseException;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.Platform;
import io.walrus.storage.io.ShortageException;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.io.Workers;
import io.walrus.storage.journal.AppendLock;
import io.walrus.storage.journal.Committer;
import io.walrus.storage.journal.EngineIdentity;
import io.walrus.storage.journal.Journal;
import io.walrus.storage.journal.JournalFiles;
import io.walrus.storage.journal.Ring;
import io.walrus.storage.journal.Watermarks;
import io.walrus.storage.stream.StreamFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Many append-only streams of records in one directory, made durable together.
///
/// Appending: take the lock, append as often as is useful, release it; what was appended is durable soon after,
/// as the groups the appends answered. Reading is free of that lock, and sees durable records only.
///
/// A facade: what each call means, and who may make it, stands here; [Appends] carries the changes out,
/// [StreamReads] the reads, [Checkpoints] the rest. Any thread may call, under these rules:
///
/// - Changes (`createStream`, `append…`, `setAttribute`, `truncate`, `trim`, `delete`), `readAppendedRecords`,
///   and what was appended to a [LogStream]: the caller holds the append lock, from [#lock] to [#unlock] or
///   [#unlockAndCommit]. None of these waits for anything.
/// - `read`, `readRecordsInMemory`, `stream`, `streams`, `nextStreamId`, `check`, `durableGroup`, `state`, `status`,
///   and what is durable of a [LogStream]: with or without the append lock; none of these takes it.
/// - `readFromDisk`, `readRecords`, `cutAt`, `awaitDurable`, `checkpoint`, `close`: without the append lock, as they
///   wait for a disk or for commits. A thread that has it is refused: that is a defect.
///
/// [Journal] says in which order the engine itself takes its locks.
public final class LogEngine implements Closeable {
    /// Answer of an append that found no room; wait for [EngineListener#roomAvailable].
    public static final long NO_ROOM = -1;
    /// Answer of a truncation of which the cut is worthless: the stream was truncated since it was found.
    public static final long OUTDATED = -2;
    /// The longest key of a stream, in bytes.
    public static final int MAX_KEY_BYTES = 1024;
    /// The longest name of a cursor or attribute, in bytes.
    public static final int MAX_NAME_BYTES = 255;

    private static final String WAITS_UNLOCKED = "nothing is waited for with the append lock held";

    private final EngineState state;
    private final Closeable directoryLock;
    private final Catalog catalog;
    private final RecoveryReport report;
    private final StreamFiles streamFiles;
    private final Journal<GroupEffects> journal;
    private final AppendLock appendLock;
    private final Committer<GroupEffects> committer;
    private final Watermarks marks;
    private final StreamReads reads;
    private final Checkpoints checkpoints;
    private final Background background;
    private final Appends appends;
    private final LongPredicate isSettled;
    private final boolean forcesCommits;

    private LogEngine(
            Platform platform,
            EngineConfig config,
            EngineState state,
            Closeable directoryLock,
            Recovery.Recovered recovered) {
        this.state = state;
        this.directoryLock = directoryLock;
        this.catalog = recovered.catalog();
        this.report = recovered.report();
        EngineIdentity identity = recovered.manifest().identity();
        JournalFiles journalFiles = recovered.journalFiles();
        Ring ring = new Ring(
                identity.geometry(),
                config.ringBlocksOf(identity.geometry().blockBytes()),
                recovered.start().head());
        this.forcesCommits = config.policy() instanceof FsyncPolicy.Group;
        this.streamFiles = new StreamFiles(platform.disk(), identity.engine(), config.maxOpenFiles());
        this.journal = new Journal<>(
                recovered.start(),
                journalFiles,
                ring,
                platform.clock(),
                config.checkpointBytes(),
                new JournalOwner(catalog, state));
        this.appendLock = journal.buffer().appendLock();
        this.committer = journal.committer();
        this.marks = journal.marks();
        this.reads = new StreamReads(identity.geometry(), ring, journalFiles, streamFiles);
        this.checkpoints = new Checkpoints(platform.disk(), config, state, recovered, journal, streamFiles);
        this.isSettled = group -> marks.durableGroup() >= group || state.failure() != null;
        this.background = new Background(platform, config, state, journal, checkpoints);
        this.appends = new Appends(journal, recovered, state, platform.clock(), background);
    }

    /// What the journal needs of its engine.
    private record JournalOwner(Catalog catalog, EngineState state) implements Journal.Owner<GroupEffects> {
        @Override
        public GroupEffects newEffects() {
            return new GroupEffects(catalog);
        }

        @Override
        public void failed(Throwable cause) {
            state.fail(cause);
        }
    }

    /// Opens a directory of the real disk, creating it if it is missing.
    ///
    /// @throws StorageException IN_USE, FOREIGN or CORRUPT
    public static LogEngine open(Path directory, EngineConfig config, EngineListener listener) throws IOException {
        return open(new FileDisk(directory), config, listener);
    }

    /// Opens what a disk of the real file system holds, creating it if it is empty.
    ///
    /// @throws StorageException IN_USE, FOREIGN or CORRUPT
    public static LogEngine open(FileDisk disk, EngineConfig config, EngineListener listener) throws IOException {
        return open(disk, config, new SystemClock(), new ThreadWorkers("walrus-"), listener);
    }

    /// Opens what a disk holds, creating it if it is empty.
    ///
    /// @throws StorageException IN_USE, FOREIGN or CORRUPT
    public static LogEngine open(Disk disk, EngineConfig config, Clock clock, Workers workers, EngineListener listener)
            throws IOException {
        disk.createDirectories("");
        Recovery.checkOurs(disk);
        Closeable lock;
        try {
            lock = disk.lock(Recovery.LOCK);
        } catch (DirectoryInUseException e) {
            throw new StorageException(Category.IN_USE, String.valueOf(e.getMessage()), e);
        }
        boolean opened = false;
        try {
            EngineState state = new EngineState(listener);
            Recovery.Recovered recovered = new Recovery(disk, config, state, clock).recover();
            LogEngine engine = new LogEngine(new Platform(disk, clock, workers), config, state, lock, recovered);
            opened = true;
            return engine;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    /// What opening found.
    public RecoveryReport recovery() {
        return report;
    }

    /// Takes the append lock: not reentrant, to be held shortly.
    public void lock() {
        appendLock.lock();
    }

    /// Releases the append lock; the committer makes durable what was appended.
    public void unlock() {
        boolean signal = appends.takeAppended();
        appendLock.unlock();
        if (signal) {
            background.appended();
        }
    }

    /// Releases the append lock like [#unlock], and where a commit costs less than waking a thread, which is so without
    /// a force, commits what was appended on the calling thread.
    public void unlockAndCommit() {
        if (forcesCommits) {
            unlock();
            return;
        }
        boolean any = appends.takeAppended();
        appendLock.unlock();
        if (!any) {
            return;
        }
        if (committer.tryCommit()) {
            background.afterInlineCommit();
        } else {
            background.appended();
        }
    }

    /// Creates a stream. Under the append lock. Not refused when the disk is nearly full: small things that go with a
    /// stream, such as an attribute, must find one.
    ///
    /// @param key a name no other stream has, up to [#MAX_KEY_BYTES]
    /// @throws StorageException EXISTS, NO_ROOM, or a refusal
    public LogStream createStream(byte[] key) throws StorageException {
        return appends.createStream(key);
    }

    /// Appends one entry, the remaining bytes of `payload`, which stays as it is. Under the append lock.
    ///
    /// @return the group that makes it durable, or [#NO_ROOM]
    public long append(LogStream stream, ByteBuffer payload, long timestampMs) throws StorageException {
        return appends.append(stream, payload, timestampMs);
    }

    /// Appends several entries as one record: all of them will be there or none. Under the append lock.
    ///
    /// @return the group that makes it durable, or [#NO_ROOM]
    public long appendBatch(LogStream stream, List<ByteBuffer> payloads, long timestampMs) throws StorageException {
        return appends.appendBatch(stream, payloads, timestampMs);
    }

    /// Moves a cursor. Under the append lock. Not refused when the disk is nearly full.
    ///
    /// @return the group that makes it durable, or [#NO_ROOM]
    public long appendCursor(LogStream stream, String name, Cursor cursor, long timestampMs) throws StorageException {
        return appends.appendCursor(stream, name, cursor, timestampMs);
    }

    /// Appends a record that was read from another copy of the stream with [#readRecords], as it is: an entry, a batch
    /// or a cursor, which moves as it did there. Under the append lock.
    ///
    /// @param sequence its number there; the stream must have exactly as many records
    /// @param type its [io.walrus.storage.journal.RecordType]
    /// @param timestampMs its timestamp
    /// @param payload its payload, the remaining bytes, which stay as they are
    /// @return the group that makes it durable, or [#NO_ROOM]
    /// @throws IllegalArgumentException if another record is due, or records of this type are not copied
    /// @throws StorageException CORRUPT if the payload can't be one of that type, or a refusal; nothing was stored
    public long appendCopy(LogStream stream, long sequence, byte type, long timestampMs, ByteBuffer payload)
            throws StorageException {
        return appends.appendCopy(stream, sequence, type, timestampMs, payload);
    }

    /// Sets a small value that goes with a stream, but is not one of its records: it stays when records are truncated.
    /// Ordered with all other changes: whatever was appended before, to any stream, is durable before. Under the
    /// append lock. Not refused when the disk is nearly full.
    ///
    /// @param value up to [#MAX_KEY_BYTES]
    /// @return the group that makes it durable, or [#NO_ROOM]
    public long setAttribute(LogStream stream, String name, byte[] value) throws StorageException {
        return appends.setAttribute(stream, name, value);
    }

    /// Finds out where a stream is to be cut, for [#truncate]. May block.
    ///
    /// @param records how many to keep, of all types: as many as there are at most
    /// @throws StorageException TRIMMED if that place is not kept any more, UNKNOWN_STREAM or CORRUPT
    public StreamCut cutAt(LogStream stream, long records) throws IOException {
        checkMayBlock();
        return reads.cutAt(stream, records);
    }

    /// Removes the records of a stream behind a cut. Cursors and attributes stay where they are. Under the append lock.
    /// Not refused when the disk is nearly full.
    ///
    /// @return the group that makes it durable, [#NO_ROOM], or [#OUTDATED]
    /// @throws StorageException TRIMMED if that place is not kept any more
    public long truncate(StreamCut cut) throws StorageException {
        return appends.truncate(cut);
    }

    /// Drops the entries before `entries`; files that hold nothing else are deleted. Under the append lock.
    ///
    /// @return the group that makes it durable, or [#NO_ROOM]
    public long trim(LogStream stream, long entries) throws StorageException {
        return appends.trim(stream, entries);
    }

    /// Deletes a stream; its key is free at once, its number never again. Under the append lock.
    ///
    /// @return the group that makes it durable, or [#NO_ROOM]
    public long delete(LogStream stream) throws StorageException {
        return appends.delete(stream);
    }

    /// The largest entry that can be appended, in bytes.
    public int maxEntryBytes() {
        return journal.buffer().maxPayloadBytes();
    }

    /// The newest durable group, -1 before the first.
    public long durableGroup() {
        return marks.durableGroup();
    }

    /// Waits until a group is durable.
    ///
    /// @throws StorageException OUTCOME_UNKNOWN if the engine failed before
    public void awaitDurable(long group) throws StorageException {
        Invariants.check(!appendLock.isHeldHere(), WAITS_UNLOCKED);
        state.awaitGroup(group, isSettled);
        if (marks.durableGroup() < group) {
            throw new StorageException(
                    Category.OUTCOME_UNKNOWN,
                    "Whether this was stored is unknown: the journal failed while it was being written.",
                    state.failure());
        }
    }

    public @Nullable LogStream stream(byte[] key) {
        return catalog.stream(key);
    }

    /// All streams, in no order.
    public Collection<LogStream> streams() {
        return catalog.streams();
    }

    /// A stream by the number that it got when it was created, or null if there is none.
    public @Nullable LogStream stream(int id) {
        return catalog.stream(id);
    }

    /// More than the number of any stream whose creation is durable.
    public int nextStreamId() {
        return catalog.nextDurableId();
    }

    /// Looks at what the device has of one stream after the other. To be closed.
    ///
    /// @param bytes of memory for a read
    public StreamCheck check(int bytes) {
        return new StreamCheck(streamFiles, bytes);
    }

    /// Fills `into` with durable entries from `fromEntry` on, if they are in memory.
    ///
    /// @return false if the disk is needed: nothing was read, use [#readFromDisk]
    /// @throws StorageException TRIMMED or UNKNOWN_STREAM
    public boolean read(LogStream stream, long fromEntry, ReadBuffer into) throws StorageException {
        checkOpen();
        return reads.fromMemory(stream, fromEntry, false, into);
    }

    /// Fills `into` with durable entries from `fromEntry` on, wherever they are. May block.
    ///
    /// @throws StorageException TRIMMED, UNKNOWN_STREAM or CORRUPT
    public void readFromDisk(LogStream stream, long fromEntry, ReadBuffer into) throws IOException {
        checkMayBlock();
        reads.fromAnywhere(stream, fromEntry, false, into);
    }

    /// Fills `into` with durable records of every kind from sequence `fromSequence` on, wherever they are. What is
    /// found is what [#appendCopy] takes. May block.
    ///
    /// @throws StorageException TRIMMED, UNKNOWN_STREAM or CORRUPT
    public void readRecords(LogStream stream, long fromSequence, ReadBuffer into) throws IOException {
        checkMayBlock();
        reads.fromAnywhere(stream, fromSequence, true, into);
    }

    /// Like [#readRecords], if they are in memory.
    ///
    /// @return false if the disk is needed: nothing was read
    /// @throws StorageException TRIMMED or UNKNOWN_STREAM
    public boolean readRecordsInMemory(LogStream stream, long fromSequence, ReadBuffer into) throws StorageException {
        checkOpen();
        return reads.fromMemory(stream, fromSequence, true, into);
    }

    /// Like [#readRecordsInMemory], but finds all that was appended, durable or not: for a leader whose followers
    /// store records while it does. Under the append lock.
    ///
    /// @return false if the disk is needed: nothing was read, and the records there are durable
    /// @throws StorageException TRIMMED or UNKNOWN_STREAM
    public boolean readAppendedRecords(LogStream stream, long fromSequence, ReadBuffer into) throws StorageException {
        checkOpen();
        return reads.appendedFromMemory(stream, fromSequence, into);
    }

    /// For what waits for the disk or for commits.
    private void checkMayBlock() throws StorageException {
        Invariants.check(!appendLock.isHeldHere(), WAITS_UNLOCKED);
        checkOpen();
    }

    private void checkOpen() throws StorageException {
        if (state.isClosed()) {
            throw EngineState.closedError();
        }
    }

    /// What it can do at this moment. Cheap, and from any thread.
    public EngineStatus.State state() {
        if (state.isClosed()) {
            return EngineStatus.State.CLOSED;
        }
        if (state.failure() != null) {
            return EngineStatus.State.READ_ONLY;
        }
        return state.diskFull() == null ? EngineStatus.State.OK : EngineStatus.State.DISK_FULL;
    }

    /// For how long the disk has kept something waiting, in nanoseconds; 0 if nothing waits. That is the oldest record
    /// that was appended and is not durable, or an append that found no room though the disk is not full. Under the
    /// append lock.
    public long pendingNs() {
        long forRoomNs = state.diskFull() == null ? journal.room().waitedNs() : 0;
        return Math.max(journal.buffer().pendingNs(), forRoomNs);
    }

    /// A picture of it at this moment.
    public EngineStatus status() {
        StorageException failure = state.failure();
        String full = state.diskFull();
        String reason = failure != null ? String.valueOf(failure.getMessage()) : full == null ? "" : full;
        return new EngineStatus(
                state(),
                reason,
                checkpoints.journalBytes(),
                Math.max(0, marks.durableEnd() - marks.flushedEnd()),
                state.usableBytes(),
                marks.durableGroup(),
                checkpoints.taken(),
                catalog.size());
    }

    /// Moves everything durable into stream files, so that the next open has nothing to replay. May block.
    ///
    /// @throws StorageException DISK_FULL, READ_ONLY or CLOSED
    public void checkpoint() throws IOException {
        Invariants.check(!appendLock.isHeldHere(), WAITS_UNLOCKED);
        state.checkWritable();
        try {
            checkpoints.takeNow();
            background.afterCommit();
        } catch (ShortageException e) {
            state.diskFull(EngineState.Shortage.FLUSHING, String.valueOf(e.getMessage()));
            background.wake();
            throw Appends.diskFull(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            state.fail(e);
            state.checkWritable();
            throw e;
        }
    }

    /// Commits what was appended, forces it whatever the policy, and lets go of the directory. Waiting appends
    /// are answered first. On a full disk there may be no checkpoint, but the journal has it all for the next
    /// open.
    ///
    /// A crash meanwhile leaves what one during a checkpoint leaves. The last manifest says `clean`, so the next
    /// open goes on behind the group it names and looks at nothing behind that; it writes a manifest without
    /// `clean` before anything is appended, so that what is found there later is known to be an owner's that did
    /// not close.
    ///
    /// @throws StorageException READ_ONLY if what was acknowledged could not be made durable; an engine that had
    ///     failed before closes without saying so again
    @Override
    public void close() throws IOException {
        lock();
        boolean first = !state.isClosed();
        state.close();
        unlock();
        if (!first) {
            return;
        }
        if (committer.commit()) {
            state.groupDurable(marks.durableGroup());
        }
        background.stop();
        try (Closeable _ = directoryLock;
                Closeable _ = journal.files()::close;
                Closeable _ = streamFiles::close) {
            if (state.failure() == null) {
                lastCheckpoint();
            }
        }
    }

    private void lastCheckpoint() throws IOException {
        try {
            checkpoints.takeLast();
        } catch (ShortageException _) {
            // The journal's files have their full size already, and are open: forcing them takes nothing more.
            checkpoints.forceJournal();
        }
    }
}
