package io.walrus.storage.journal;

/// Decides when appends may fill another block of the ring, and remembers that an append was refused one, so that
/// whoever makes room knows that it is waited for.
///
/// Where groups are forced as they are written, a block's memory is used again once all in it is in stream files:
/// reading it back would take from the device what the commits need. Else it is used again as soon as it is durable,
/// since the system has it in memory too, and only a bound of what no stream file has holds appends up.
public final class RoomGate {
    private final Geometry geometry;
    private final Ring ring;
    private final JournalFiles files;
    private final Watermarks marks;
    private final long maxUnflushedBytes;

    /// Set by an append that found no room, under the append lock; cleared by whoever answers it, on any thread.
    private volatile boolean wanted;

    private volatile long wantedBlock;
    private volatile long wantedSinceNs;

    /// A gate at which no append waits.
    ///
    /// @param maxUnflushedBytes how far appends may run ahead of the stream files, unless each group is forced
    RoomGate(JournalFiles files, Ring ring, Watermarks marks, long maxUnflushedBytes) {
        this.geometry = files.geometry();
        this.ring = ring;
        this.files = files;
        this.marks = marks;
        this.maxUnflushedBytes =
                files.forcesWrites() ? ring.capacityBytes() : Math.max(ring.capacityBytes(), maxUnflushedBytes);
    }

    /// How far the journal is, by which it decides.
    Watermarks marks() {
        return marks;
    }

    /// Whether the block could be entered now.
    boolean isOpen(long blockStart) {
        return files.isReady(geometry.fileOf(blockStart))
                && ring.floorFor(blockStart) <= marks.durableEnd()
                && flushedFloor(blockStart) <= marks.flushedEnd();
    }

    /// What must be in stream files before a block can be used.
    private long flushedFloor(long blockStart) {
        return blockStart + geometry.blockBytes() - maxUnflushedBytes;
    }

    /// Lets the appender into a block. Under the append lock.
    ///
    /// @return false if there is no room now; [#takeWanted] then tells when to look again
    boolean enter(long blockStart) {
        if (!isOpen(blockStart)) {
            if (!wanted) {
                wantedSinceNs = marks.nowNs();
            }
            wantedBlock = blockStart;
            wanted = true;
            // Asked again, or room made between the two would wake no one.
            if (!isOpen(blockStart)) {
                return false;
            }
            wanted = false;
        }
        ring.enter(blockStart);
        marks.reachedFile(geometry.fileOf(blockStart));
        return true;
    }

    /// What [Watermarks#flushed] must reach before a waiting append can go on; very small if none waits.
    public long wantedFloor() {
        return wanted ? flushedFloor(wantedBlock) : Long.MIN_VALUE;
    }

    /// For how long appends have found no room, in nanoseconds; 0 if none waits. From any thread.
    public long waitedNs() {
        return wanted ? marks.nowNs() - wantedSinceNs : 0;
    }

    /// Whether an append found no room since this was last answered with yes, and there is room now.
    public boolean takeWanted() {
        if (!wanted || !isOpen(wantedBlock)) {
            return false;
        }
        wanted = false;
        return true;
    }
}
