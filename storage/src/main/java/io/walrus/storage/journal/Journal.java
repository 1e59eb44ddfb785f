package io.walrus.storage.journal;

import io.walrus.storage.io.Clock;

/// The journal's two ends: appenders encode records into the current block of the ring, the committer writes what they
/// filled, a group at a time, and publishes it.
///
/// Three locks. The append lock guards the filling end: `head`, the open group, the sealed groups. The commit lock
/// guards the writing end and is taken first where both are needed; the append lock is held inside it only to seal.
/// The force lock, taken before either, is held while files are forced, so that none is closed meanwhile.
///
/// Where groups are forced as they are written, a block's memory is used again once all in it is in stream files:
/// reading it back would take from the device what the commits need. Else it is used again as soon as it is durable,
/// since the system has it in memory too, and only a bound of what no stream file has holds appends up.
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
    /// @param head where the next group may begin
    /// @param nextGroup its number
    /// @param forcedWrites whether each group is forced as it is written
    /// @param maxUnflushedBytes how far appends may run ahead of [#release], if not
    /// @param onFailure told once when writing failed; nothing becomes durable after that
    public Journal(
            JournalStart start, JournalFiles files, Ring ring, Clock clock, long maxUnflushedBytes, Owner<E> owner) {
        this.files = files;
        this.ring = ring;
        this.marks = new Watermarks(start, files.geometry().fileOf(start.head()));
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
