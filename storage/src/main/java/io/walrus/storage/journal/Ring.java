package io.walrus.storage.journal;

import io.walrus.storage.io.Disk;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The newest blocks of the journal, in memory exactly as on disk.
///
/// One thread at a time (under the append lock) lets blocks in; any thread copies out. A block's memory may be reused
/// while it is being read, so a reader copies first and asks [#holds] afterwards: only then is what it copied true.
///
/// All blocks have their memory from the start: an append never finds that there is none left.
public final class Ring {
    private final Geometry geometry;
    /// For readers: limits never move.
    private final ByteBuffer[] blocks;
    /// For the appender, under the append lock.
    private final ByteBuffer[] appendViews;
    /// For the committer, under the commit lock.
    private final ByteBuffer[] commitViews;

    /// Positions below are gone, or going.
    private volatile long start;

    public Ring(Geometry geometry, int blockCount, long start) {
        this.geometry = geometry;
        this.start = start;
        blocks = new ByteBuffer[blockCount];
        appendViews = new ByteBuffer[blockCount];
        commitViews = new ByteBuffer[blockCount];
        for (int i = 0; i < blockCount; i++) {
            // Filled with zeros, by which the system hands it over at once, too.
            ByteBuffer memory = Disk.alignedBuffer(geometry.blockBytes());
            blocks[i] = memory;
            appendViews[i] = memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            commitViews[i] = memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /// Bytes of all blocks together.
    public long capacityBytes() {
        return (long) blocks.length * geometry.blockBytes();
    }

    /// The first position whose memory the block starting at `blockStart` leaves intact.
    long floorFor(long blockStart) {
        return blockStart + geometry.blockBytes() - capacityBytes();
    }

    /// Lets a block in; what it displaces is no longer held before the caller can write to it.
    void enter(long blockStart) {
        long floor = floorFor(blockStart);
        if (floor > start) {
            start = floor;
        }
        VarHandle.fullFence();
    }

    /// Whether what was copied from `position` before this call was true.
    public boolean holds(long position) {
        VarHandle.loadLoadFence();
        return position >= start;
    }

    /// The memory of the block a position lies in, for absolute access; index [#indexOf].
    public ByteBuffer block(long position) {
        return blocks[slotOf(position)];
    }

    ByteBuffer appendView(long position) {
        return appendViews[slotOf(position)];
    }

    ByteBuffer commitView(long position) {
        return commitViews[slotOf(position)];
    }

    private int slotOf(long position) {
        return (int) (position / geometry.blockBytes() % blocks.length);
    }

    public int indexOf(long position) {
        return (int) (position & (geometry.blockBytes() - 1));
    }
}
