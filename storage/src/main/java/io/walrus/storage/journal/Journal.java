package io.walrus.storage.journal;

import io.walrus.storage.io.Clock;

/// The journal, put together from its parts: a [GroupBuffer] that appenders fill, a [Committer] that writes what they
/// filled, a [RoomGate] between the two that lets appenders into another block, and the numbers they share.
///
/// Locks, in the order in which a thread takes them; none is taken by a thread that holds one further down:
///
/// 1. The engine's checkpoint lock, while streams are flushed, a checkpoint is taken or files are deleted: the flush
///    worker, or who asks for a checkpoint.
/// 2. The force lock, while files are forced, so that none is closed meanwhile: the same, and under `interval` the
///    commit worker.
/// 3. The commit lock, which guards the writing end, and the order in which groups are published: the commit worker, an
///    appender that commits inline, and who has the force lock.
/// 4. The append lock, which guards the filling end and what was appended to each stream: appenders, and the committer
///    shortly, to take the groups.
/// 5. The monitors of a stream, the flush queue and the catalog, which guard what readers see: anyone, shortly, and one
///    of them at a time.
///
/// Files are made ready by one more worker, which takes none of these. Readers take a stream's monitor only, copy from
/// the [Ring] without a lock, and ask it afterwards whether what they copied was true.
///
/// @param <E> what a group's records do to the streams
public final class Journal<E extends Effects> {
    private final JournalFiles files;
    private final Ring ring;
    private final Watermarks marks;
    private final RoomGate room;
    private final ScanStarts scanStarts;
    private final GroupBuffer<E> buffer;
    private final Committer<E> committer;

    /// Whom a journal works for.
    ///
    /// @param <E> what a group's records do to the streams
    public interface Owner<E extends Effects> {
        /// Makes an empty one; it is used again and again. Under the append lock.
        E newEffects();

        /// Told once, when writing or forcing failed; nothing becomes durable after that. Under the commit lock.
        void failed(Throwable cause);
    }

    /// Continues a journal.
    ///
    /// @param maxUnflushedBytes how far appends may run ahead of the stream files, unless each group is forced as
    ///     it is written
    public Journal(
            JournalStart start, JournalFiles files, Ring ring, Clock clock, long maxUnflushedBytes, Owner<E> owner) {
        this.files = files;
        this.ring = ring;
        this.marks = new Watermarks(start, files.geometry().fileOf(start.head()), clock);
        this.room = new RoomGate(files, ring, marks, maxUnflushedBytes);
        this.scanStarts = new ScanStarts(start);
        this.buffer = new GroupBuffer<>(start, files, ring, room, scanStarts, owner::newEffects);
        this.committer = new Committer<>(files, ring, clock, buffer, marks, owner::failed);
    }

    /// The files it is written to.
    public JournalFiles files() {
        return files;
    }

    /// Its newest blocks, in memory.
    public Ring ring() {
        return ring;
    }

    /// How far its parts are.
    public Watermarks marks() {
        return marks;
    }

    /// What lets appenders into another block.
    public RoomGate room() {
        return room;
    }

    /// Where a scan can start.
    public ScanStarts scanStarts() {
        return scanStarts;
    }

    /// Its filling end.
    public GroupBuffer<E> buffer() {
        return buffer;
    }

    /// Its writing end.
    public Committer<E> committer() {
        return committer;
    }
}
