package io.walrus.storage.journal;

import io.walrus.storage.error.Invariants;
import io.walrus.storage.io.Disk;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The filling end of the journal: appenders encode records into the current block of the ring, group after group.
///
/// All of it is guarded by the append lock, which callers of the public methods hold. A crash loses what is here and no
/// more: nobody was told yet that it is stored.
///
/// @param <E> what a group's records do to the streams
public final class GroupBuffer<E extends Effects> {
    /// Room kept from entries, so that small records that free space or move cursors still find some.
    private static final int MAX_RESERVE_BYTES = 1 << 20;

    private final Geometry geometry;
    private final Ring ring;
    private final JournalFiles files;
    private final RoomGate gate;
    private final Watermarks marks;
    private final ScanStarts scanStarts;
    private final Supplier<E> newEffects;
    private final int reserveBytes;
    /// What a group begins at a multiple of, unless what it follows was forced: see [#exchange].
    private final int groupAlignment;

    private final AppendLock appendLock = new AppendLock();

    // Guarded by the append lock.
    private final CRC32C crc = new CRC32C();
    /// Groups to be used again.
    private final Deque<CommitGroup<E>> pool = new ArrayDeque<>();
    /// Groups that wait for the committer.
    private final List<CommitGroup<E>> sealed = new ArrayList<>();

    private @Nullable CommitGroup<E> open;
    private ByteBuffer block;
    private int mask;
    private long blockEnd;
    /// Where the next record goes, or the next group if none is open.
    private long head;

    private long nextGroup;
    private int nextAlignment = Disk.BLOCK_BYTES;

    GroupBuffer(
            JournalStart start,
            JournalFiles files,
            Ring ring,
            RoomGate gate,
            ScanStarts scanStarts,
            Supplier<E> newEffects) {
        this.geometry = files.geometry();
        this.ring = ring;
        this.files = files;
        this.gate = gate;
        this.marks = gate.marks();
        this.scanStarts = scanStarts;
        this.newEffects = newEffects;
        this.reserveBytes = reserveBytes(geometry.blockBytes());
        this.groupAlignment = files.forcesWrites() ? Disk.BLOCK_BYTES : GroupFormat.ALIGNMENT;
        this.head = start.head();
        this.nextGroup = start.nextGroup();
        this.blockEnd = geometry.nextBlock(head);
        this.block = ring.appendView(head);
        if (head < blockEnd) {
            this.mask = files.maskAt(head);
        }
    }

    /// Guards everything here.
    public AppendLock appendLock() {
        return appendLock;
    }

    private static int reserveBytes(int blockBytes) {
        return Math.min(MAX_RESERVE_BYTES, blockBytes / 16);
    }

    /// The largest payload a record can have. From any thread.
    public int maxPayloadBytes() {
        return maxPayloadBytes(geometry.blockBytes());
    }

    /// The same in a journal of such blocks.
    public static int maxPayloadBytes(int blockBytes) {
        return blockBytes - reserveBytes(blockBytes) - GroupFormat.BYTES - RecordFormat.HEADER_BYTES;
    }

    /// Makes room for a record at the head.
    ///
    /// @param small whether it may use the reserve
    /// @return false if there is no room now; [RoomGate#takeWanted] then tells when to look again
    public boolean begin(int payloadBytes, boolean small) {
        int size = RecordFormat.sizeOf(payloadBytes);
        if (open != null) {
            if (fits(head + size, small)) {
                return true;
            }
            sealOpen();
        }
        long start = Geometry.align(head, nextAlignment);
        if (start >= blockEnd || !fits(start + GroupFormat.BYTES + size, small)) {
            if (!enterBlock(blockEnd)) {
                return false;
            }
            start = blockEnd - geometry.blockBytes();
        }
        openGroup(start);
        return true;
    }

    /// The last bytes of a block are for small records until it is sure that another block follows.
    private boolean fits(long end, boolean small) {
        return end <= blockEnd - reserveBytes || (end <= blockEnd && (small || gate.isOpen(blockEnd)));
    }

    private boolean enterBlock(long blockStart) {
        if (!gate.enter(blockStart)) {
            return false;
        }
        block = ring.appendView(blockStart);
        mask = files.file(geometry.fileOf(blockStart)).mask();
        blockEnd = blockStart + geometry.blockBytes();
        return true;
    }

    private void openGroup(long start) {
        CommitGroup<E> pooled = pool.poll();
        CommitGroup<E> group = pooled == null ? new CommitGroup<>(newEffects.get()) : pooled;
        group.number = nextGroup++;
        group.start = start;
        group.records = 0;
        group.begunNs = marks.nowNs();
        head = start + GroupFormat.BYTES;
        nextAlignment = groupAlignment;
        open = group;
        long blockStart = blockEnd - geometry.blockBytes();
        if (start == blockStart) {
            scanStarts.add(blockStart, group.number);
        }
    }

    /// Where the payload of the record begun goes, at [#payloadIndex]. Only absolute access.
    public ByteBuffer block() {
        return block;
    }

    /// Where in [#block] the payload of the record begun goes.
    public int payloadIndex() {
        return ring.indexOf(head) + RecordFormat.HEADER_BYTES;
    }

    /// Completes the record begun, whose payload is in place.
    ///
    /// @return its position
    public long end(int payloadBytes, long sequence, int streamId, byte type, long timestampMs) {
        long position = head;
        RecordFormat.complete(
                block, ring.indexOf(position), payloadBytes, sequence, streamId, type, timestampMs, mask, crc);
        head = position + RecordFormat.sizeOf(payloadBytes);
        openGroup().records++;
        return position;
    }

    /// The effects of the group the last record went into.
    public E effects() {
        return openGroup().effects;
    }

    /// The number of the group the last record went into.
    public long group() {
        return openGroup().number;
    }

    /// For how long the oldest record has waited that was appended and is not durable, in nanoseconds; 0 if there is
    /// none. What nobody waits for, as a force behind the commits, does not count.
    public long pendingNs() {
        long sinceNs = marks.committingSinceNs();
        if (sinceNs != Watermarks.IDLE) {
            return marks.nowNs() - sinceNs;
        }
        CommitGroup<E> next = sealed.isEmpty() ? open : sealed.getFirst();
        return next == null || next.records == 0 ? 0 : marks.nowNs() - next.begunNs;
    }

    private CommitGroup<E> openGroup() {
        return Invariants.present(open, "a group is open");
    }

    private void sealOpen() {
        CommitGroup<E> group = openGroup();
        // A group whose record never came (it did not fit after all) is sealed empty, which is harmless.
        group.end = head;
        group.paddedEnd = Geometry.align(head, nextAlignment);
        group.effects.seal();
        sealed.add(group);
        open = null;
    }

    /// Gives the committer all groups there are, in exchange for those it is done with. Takes the append lock.
    ///
    /// @param groups those it is done with, then those to be written
    /// @param alignNext whether it is about to force them: then they share no disk block with what comes after
    void exchange(List<CommitGroup<E>> groups, boolean alignNext) {
        appendLock.lock();
        try {
            // One by one: addAll would allocate for each commit.
            for (int i = 0; i < groups.size(); i++) {
                pool.add(groups.get(i));
            }
            groups.clear();
            if (open != null) {
                sealOpen();
            }
            if (alignNext) {
                nextAlignment = Disk.BLOCK_BYTES;
            }
            for (int i = 0; i < sealed.size(); i++) {
                groups.add(sealed.get(i));
            }
            sealed.clear();
            // Here, so that no record is between the two for whoever asks.
            if (!groups.isEmpty()) {
                marks.committing(groups.getFirst().begunNs);
            }
        } finally {
            appendLock.unlock();
        }
    }
}
