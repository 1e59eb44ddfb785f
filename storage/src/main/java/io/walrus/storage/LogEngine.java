package io.walrus.storage;

import io.walrus.storage.GroupEffects.Change;
import io.walrus.storage.StorageException.Category;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.DirectoryInUseException;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFullException;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.io.Workers;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.journal.Journal;
import io.walrus.storage.journal.JournalFiles;
import io.walrus.storage.journal.RecordType;
import io.walrus.storage.journal.Ring;
import io.walrus.storage.stream.Counts;
import io.walrus.storage.stream.StreamFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Many append-only streams of records in one directory, made durable together.
///
/// Appending: take the lock, append as often as is useful, release it; what was appended is committed soon after, as
/// the groups the appends answered. Reading is free of that lock, and sees committed records only.
public final class LogEngine implements Closeable {
    /// Answer of an append that found no room; wait for [EngineListener#roomAvailable].
    public static final long NO_ROOM = -1;
    /// The longest key of a stream, in bytes.
    public static final int MAX_KEY_BYTES = 1024;
    /// The longest name of a cursor or attribute, in bytes.
    public static final int MAX_NAME_BYTES = 255;

    private final Clock clock;
    private final EngineState state;
    private final Closeable directoryLock;
    private final Catalog catalog;
    private final FlushQueue queue;
    private final RecoveryReport report;
    private final JournalFiles journalFiles;
    private final StreamFiles streamFiles;
    private final Journal<GroupEffects> journal;
    private final StreamReads reads;
    private final Checkpoints checkpoints;
    private final Background background;
    private final LongPredicate isSettled;

    // Guarded by the append lock.
    private boolean appended;
    private int nextStreamId;

    private LogEngine(
            Disk disk,
            EngineConfig config,
            Clock clock,
            Workers workers,
            EngineState state,
            Closeable directoryLock,
            Recovery.Recovered recovered) {
        this.clock = clock;
        this.state = state;
        this.directoryLock = directoryLock;
        this.catalog = recovered.catalog();
        this.queue = recovered.queue();
        this.report = recovered.report();
        this.journalFiles = recovered.journalFiles();
        this.nextStreamId = catalog.nextCommittedId();
        Manifest manifest = recovered.manifest();
        Geometry geometry = manifest.geometry();
        Ring ring = new Ring(geometry, config.ringBlocks(), recovered.head());
        this.streamFiles = new StreamFiles(disk, manifest.engine(), config.maxOpenFiles());
        this.journal = new Journal<>(
                geometry,
                ring,
                journalFiles,
                clock,
                config.policy() instanceof FsyncPolicy.Group,
                recovered.head(),
                recovered.scan().nextGroup(),
                () -> new GroupEffects(catalog),
                state::fail);
        journal.recovered(recovered.scan().firstGroups());
        this.reads = new StreamReads(geometry, ring, journalFiles, streamFiles);
        this.checkpoints = new Checkpoints(disk, config, state, recovered, ring, journal, streamFiles);
        this.isSettled = group -> journal.committedGroup() >= group || state.failure() != null;
        this.background = new Background(config, clock, workers, state, journal, journalFiles, checkpoints);
    }

    /// Opens a directory of the real disk, creating it if it is missing.
    ///
    /// @throws StorageException IN_USE, FOREIGN or CORRUPT
    public static LogEngine open(Path directory, EngineConfig config, EngineListener listener) throws IOException {
        FileDisk disk = new FileDisk(directory);
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
            LogEngine engine = new LogEngine(disk, config, clock, workers, state, lock, recovered);
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
        journal.appendLock().lock();
    }

    /// Releases the append lock; what was appended will be committed.
    public void unlock() {
        boolean signal = appended;
        appended = false;
        journal.appendLock().unlock();
        if (signal) {
            background.appended();
        }
    }

    /// Creates a stream. Under the append lock.
    ///
    /// @param key a name no other stream has, up to [#MAX_KEY_BYTES]
    /// @throws StorageException EXISTS, NO_ROOM, or a refusal
    public LogStream createStream(byte[] key) throws StorageException {
        checkTakesEntries();
        checkLength(key.length, MAX_KEY_BYTES, "The key");
        if (catalog.stream(key) != null) {
            throw new StorageException(Category.EXISTS, "A stream with this key exists.");
        }
        if (!journal.begin(key.length, false)) {
            noRoom();
            throw new StorageException(Category.NO_ROOM, "There is no room in the journal just now: try again.");
        }
        journal.block().put(journal.payloadIndex(), key);
        LogStream stream = new LogStream(nextStreamId++, key);
        journal.end(key.length, 0, stream.id(), RecordType.STREAM_CREATE, clock.currentTimeMillis());
        stream.createdGroup = journal.group();
        catalog.add(stream);
        changed(stream, new Change.Created(stream));
        return stream;
    }

    /// Appends one entry, the remaining bytes of `payload`, which stays as it is. Under the append lock.
    ///
    /// @return the group to be committed, or [#NO_ROOM]
    public long append(LogStream stream, ByteBuffer payload, long timestampMs) throws StorageException {
        checkTakesEntries();
        checkAlive(stream);
        int length = payload.remaining();
        checkLength(length, journal.maxPayloadBytes(), "The entry");
        if (!journal.begin(length, false)) {
            return noRoom();
        }
        journal.block().put(journal.payloadIndex(), payload, payload.position(), length);
        return record(stream, RecordType.ENTRY, length, 1, length, timestampMs);
    }

    /// Appends several entries as one record: all of them will be there or none. Under the append lock.
    ///
    /// @return the group to be committed, or [#NO_ROOM]
    public long appendBatch(LogStream stream, List<ByteBuffer> payloads, long timestampMs) throws StorageException {
        checkTakesEntries();
        checkAlive(stream);
        int count = payloads.size();
        if (count == 0) {
            throw new IllegalArgumentException("A batch has at least one entry.");
        }
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += payloads.get(i).remaining();
        }
        long total = bytes + Integer.BYTES * (1L + count);
        checkLength(total, journal.maxPayloadBytes(), "The batch");
        if (!journal.begin((int) total, false)) {
            return noRoom();
        }
        ByteBuffer block = journal.block();
        int at = journal.payloadIndex();
        block.putInt(at, count);
        at += Integer.BYTES;
        for (int i = 0; i < count; i++) {
            ByteBuffer payload = payloads.get(i);
            int length = payload.remaining();
            block.putInt(at, length);
            block.put(at + Integer.BYTES, payload, payload.position(), length);
            at += Integer.BYTES + length;
        }
        return record(stream, RecordType.BATCH, (int) total, count, bytes, timestampMs);
    }

    /// Moves a cursor. Under the append lock. Not refused when the disk is nearly full.
    ///
    /// @return the group to be committed, or [#NO_ROOM]
    public long appendCursor(LogStream stream, String name, Cursor cursor, long timestampMs) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        byte[] bytes = nameBytes(name);
        int length = 2 * Long.BYTES + bytes.length;
        if (!journal.begin(length, true)) {
            return noRoom();
        }
        int at = journal.payloadIndex();
        journal.block()
                .putLong(at, cursor.segment())
                .putLong(at + Long.BYTES, cursor.offset())
                .put(at + 2 * Long.BYTES, bytes);
        long group = record(stream, RecordType.CURSOR, length, 0, 0, timestampMs);
        journal.effects().add(new Change.CursorSet(stream, name, cursor));
        return group;
    }

    /// Sets a small value that goes with a stream, but is not one of its records. Under the append lock.
    ///
    /// @param value up to [#MAX_KEY_BYTES]
    /// @return the group to be committed, or [#NO_ROOM]
    public long setAttribute(LogStream stream, String name, byte[] value) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        byte[] bytes = nameBytes(name);
        checkLength(value.length, MAX_KEY_BYTES, "The value");
        int length = Short.BYTES + bytes.length + value.length;
        if (!journal.begin(length, true)) {
            return noRoom();
        }
        int at = journal.payloadIndex();
        journal.block()
                .putShort(at, (short) bytes.length)
                .put(at + Short.BYTES, bytes)
                .put(at + Short.BYTES + bytes.length, value);
        return control(stream, RecordType.ATTRIBUTE, length, new Change.AttributeSet(stream, name, value.clone()));
    }

    /// Removes the records from `records` on. Cursors stay where they are. Under the append lock.
    ///
    /// @param records how many to keep: as many as there are at most
    /// @return the group to be committed, or [#NO_ROOM]
    /// @throws StorageException TRIMMED if that place is not kept any more
    public long truncate(LogStream stream, long records) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        if (records < 0 || records > stream.records()) {
            throw new IllegalArgumentException(
                    "A stream of " + stream.records() + " records cannot be cut to " + records + ".");
        }
        Counts to = countsBefore(stream, records);
        if (to.entries() < stream.trimmedTo) {
            throw new StorageException(
                    Category.TRIMMED, "The stream was trimmed to entry " + stream.trimmedTo + ", past this record.");
        }
        if (!journal.begin(3 * Long.BYTES, true)) {
            return noRoom();
        }
        int at = journal.payloadIndex();
        journal.block()
                .putLong(at, to.records())
                .putLong(at + Long.BYTES, to.entries())
                .putLong(at + 2 * Long.BYTES, to.bytes());
        long group = control(stream, RecordType.TRUNCATE, 3 * Long.BYTES, new Change.Truncated(stream, to));
        stream.truncateAppended(to, group, journal.committedGroup());
        return group;
    }

    private Counts countsBefore(LogStream stream, long record) throws StorageException {
        Counts known = stream.countsBefore(record);
        if (known != null) {
            return known;
        }
        try {
            return reads.countsBefore(stream, record);
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw new StorageException(Category.IO, "Reading a stream's file failed: " + e.getMessage(), e);
        }
    }

    /// Drops the entries before `entries`; files that hold nothing else are deleted. Under the append lock.
    ///
    /// @return the group to be committed, or [#NO_ROOM]
    public long trim(LogStream stream, long entries) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        if (entries < 0 || entries > stream.entries()) {
            throw new IllegalArgumentException(
                    "A stream of " + stream.entries() + " entries cannot be trimmed to " + entries + ".");
        }
        if (!journal.begin(Long.BYTES, true)) {
            return noRoom();
        }
        journal.block().putLong(journal.payloadIndex(), entries);
        stream.trimmedTo = Math.max(stream.trimmedTo, entries);
        return control(stream, RecordType.TRIM, Long.BYTES, new Change.Trimmed(stream, entries));
    }

    /// Deletes a stream; its key is free at once, its number never again. Under the append lock.
    ///
    /// @return the group to be committed, or [#NO_ROOM]
    public long delete(LogStream stream) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        if (!journal.begin(0, true)) {
            return noRoom();
        }
        long group = control(stream, RecordType.STREAM_DELETE, 0, new Change.Deleted(stream));
        catalog.hide(stream);
        return group;
    }

    private long record(LogStream stream, byte type, int length, int entries, long bytes, long timestampMs) {
        long position = journal.end(length, stream.records(), stream.id(), type, timestampMs);
        if (stream.append(position, entries, bytes)) {
            queue.add(stream, position);
        }
        long group = journal.group();
        journal.effects().touch(stream, group);
        appended = true;
        return group;
    }

    private long control(LogStream stream, byte type, int length, Change change) {
        journal.end(length, 0, stream.id(), type, clock.currentTimeMillis());
        changed(stream, change);
        return journal.group();
    }

    private void changed(LogStream stream, Change change) {
        journal.effects().touch(stream, journal.group());
        journal.effects().add(change);
        appended = true;
    }

    private long noRoom() throws StorageException {
        background.wake();
        String reason = state.diskFull();
        if (reason != null) {
            throw diskFull(reason);
        }
        return NO_ROOM;
    }

    private static StorageException diskFull(String reason) {
        return new StorageException(Category.DISK_FULL, reason + " Nothing was stored; free some space and try again.");
    }

    private void checkTakesEntries() throws StorageException {
        state.checkWritable();
        String reason = state.diskFull();
        if (reason != null) {
            throw diskFull(reason);
        }
    }

    private static void checkAlive(LogStream stream) throws StorageException {
        if (stream.isDeleted()) {
            throw new StorageException(Category.UNKNOWN_STREAM, "The stream was deleted.");
        }
    }

    private static void checkLength(long length, long max, String what) throws StorageException {
        if (length > max) {
            throw new StorageException(
                    Category.TOO_LARGE, what + " has " + length + " bytes; at most " + max + " fit.");
        }
    }

    private static byte[] nameBytes(String name) throws StorageException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        checkLength(bytes.length, MAX_NAME_BYTES, "The name");
        return bytes;
    }

    /// The largest entry that can be appended, in bytes.
    public int maxEntryBytes() {
        return journal.maxPayloadBytes();
    }

    /// The newest committed group, -1 before the first.
    public long committedGroup() {
        return journal.committedGroup();
    }

    /// Waits until a group is committed.
    ///
    /// @throws StorageException OUTCOME_UNKNOWN if the engine failed before
    public void awaitCommitted(long group) throws StorageException {
        state.commitWaiters.await(group, isSettled);
        if (journal.committedGroup() < group) {
            throw new StorageException(
                    Category.OUTCOME_UNKNOWN,
                    "Whether this was stored is unknown: the journal failed while it was being written.",
                    state.failure());
        }
    }

    /// Commits on the calling thread what was appended, unless another is at it. Worth it where a commit is cheaper
    /// than waking a thread, which is so without a force.
    public void commitInline() {
        if (journal.tryCommit()) {
            background.committed();
        }
    }

    /// How often room was made so far; to be asked before an append that may find none.
    long roomRound() {
        return state.roomRounds();
    }

    /// Waits until room was made after `round`.
    void awaitRoomAfter(long round) {
        state.awaitRoomAfter(round);
    }

    public @Nullable LogStream stream(int id) {
        return catalog.stream(id);
    }

    public @Nullable LogStream stream(byte[] key) {
        return catalog.stream(key);
    }

    /// All streams, in no order.
    public Collection<LogStream> streams() {
        return catalog.streams();
    }

    /// Fills `into` with committed entries from `fromEntry` on, if they are in memory.
    ///
    /// @return false if the disk is needed: nothing was read, use [#readFromDisk]
    /// @throws StorageException TRIMMED or UNKNOWN_STREAM
    public boolean read(LogStream stream, long fromEntry, ReadBuffer into) throws StorageException {
        checkOpen();
        return reads.fromMemory(stream, fromEntry, false, into);
    }

    /// Fills `into` with committed entries from `fromEntry` on, wherever they are. May block.
    ///
    /// @throws StorageException TRIMMED, UNKNOWN_STREAM or CORRUPT
    public void readFromDisk(LogStream stream, long fromEntry, ReadBuffer into) throws IOException {
        checkOpen();
        reads.fromAnywhere(stream, fromEntry, false, into);
    }

    /// Fills `into` with committed records of every kind from sequence `fromSequence` on. May block.
    ///
    /// @throws StorageException TRIMMED, UNKNOWN_STREAM or CORRUPT
    public void readRecords(LogStream stream, long fromSequence, ReadBuffer into) throws IOException {
        checkOpen();
        reads.fromAnywhere(stream, fromSequence, true, into);
    }

    private void checkOpen() throws StorageException {
        if (state.isClosed()) {
            throw EngineState.closedError();
        }
    }

    public EngineStatus status() {
        StorageException failure = state.failure();
        String full = state.diskFull();
        EngineStatus.State now = state.isClosed()
                ? EngineStatus.State.CLOSED
                : failure != null
                        ? EngineStatus.State.READ_ONLY
                        : full != null ? EngineStatus.State.DISK_FULL : EngineStatus.State.OK;
        String reason = failure != null ? String.valueOf(failure.getMessage()) : full == null ? "" : full;
        return new EngineStatus(
                now,
                reason,
                checkpoints.journalBytes(),
                Math.max(0, journal.committedEnd() - journal.released()),
                state.usableBytes(),
                journal.committedGroup(),
                checkpoints.taken(),
                catalog.size());
    }

    /// Moves everything committed into stream files, so that the next open has nothing to replay. May block.
    ///
    /// @throws StorageException DISK_FULL, READ_ONLY or CLOSED
    public void checkpoint() throws IOException {
        state.checkWritable();
        try {
            checkpoints.takeNow(false);
            background.committed();
        } catch (DiskFullException e) {
            state.diskFull(EngineState.Shortage.FLUSHING, String.valueOf(e.getMessage()));
            background.wake();
            throw diskFull(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            state.fail(e);
            state.checkWritable();
            throw e;
        }
    }

    /// Commits what was appended, takes a checkpoint, and lets go of the directory. Waiting appends are answered first.
    /// If the disk is full or has failed, what is committed stays in the journal for the next open.
    @Override
    public void close() throws IOException {
        lock();
        boolean first = !state.isClosed();
        state.close();
        unlock();
        if (!first) {
            return;
        }
        if (journal.commit()) {
            state.committed(journal.committedGroup());
        }
        background.stop();
        try (Closeable _ = directoryLock;
                Closeable _ = journalFiles::close;
                Closeable _ = streamFiles::close) {
            if (state.failure() == null) {
                checkpoints.takeNow(true);
            }
        } catch (DiskFullException _) {
            // Nothing is lost: the journal has it all, and the next open replays it.
            return;
        }
    }
}
