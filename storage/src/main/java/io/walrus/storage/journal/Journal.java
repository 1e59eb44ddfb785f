package io.walrus.storage.journal;

import io.walrus.storage.error.Invariants;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

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
    /// Room kept from entries, so that small records that free space or move cursors still find some.
    private static final int MAX_RESERVE_BYTES = 1 << 20;

    private final Geometry geometry;
    private final Ring ring;
    private final JournalFiles files;
    private final Clock clock;
    private final boolean forcedWrites;
    private final int reserveBytes;
    private final long maxUnflushedBytes;
    private final Supplier<E> newEffects;
    private final Consumer<Throwable> onFailure;

    private final AppendLock appendLock = new AppendLock();
    private final CRC32C appendCrc = new CRC32C();
    private final Deque<CommitGroup<E>> pool = new ArrayDeque<>();
    private final List<CommitGroup<E>> sealed = new ArrayList<>();
    private @Nullable CommitGroup<E> open;
    private ByteBuffer block;
    private int mask;
    private long blockEnd;
    private long head;
    private long nextGroup;
    private long nextAlignment = Disk.BLOCK_BYTES;

    private final ReentrantLock forceLock = new ReentrantLock();

    private final ReentrantLock commitLock = new ReentrantLock();
    private final CRC32C commitCrc = new CRC32C();
    private final List<CommitGroup<E>> committing = new ArrayList<>();
    private boolean failed;

    /// Block start to the number of the first group there (or of the scan's start), for all blocks still needed.
    private final ConcurrentSkipListMap<Long, Long> firstGroups = new ConcurrentSkipListMap<>();

    private volatile long durableGroup;
    private volatile long durableEnd;
    private volatile long forcedGroup;
    private volatile long released;
    private volatile long headFile;
    private volatile long wantedBlock;
    private volatile boolean roomWanted;

    /// Continues a journal.
    ///
    /// @param head where the next group may begin
    /// @param nextGroup its number
    /// @param forcedWrites whether each group is forced as it is written
    /// @param maxUnflushedBytes how far appends may run ahead of [#release], if not
    /// @param onFailure told once when writing failed; nothing becomes durable after that
    public Journal(
            Geometry geometry,
            Ring ring,
            JournalFiles files,
            Clock clock,
            boolean forcedWrites,
            long maxUnflushedBytes,
            long head,
            long nextGroup,
            Supplier<E> newEffects,
            Consumer<Throwable> onFailure) {
        this.geometry = geometry;
        this.ring = ring;
        this.files = files;
        this.clock = clock;
        this.forcedWrites = forcedWrites;
        this.maxUnflushedBytes =
                forcedWrites ? ring.capacityBytes() : Math.max(ring.capacityBytes(), maxUnflushedBytes);
        this.reserveBytes = Math.min(MAX_RESERVE_BYTES, geometry.blockBytes() / 16);
        this.newEffects = newEffects;
        this.onFailure = onFailure;
        this.head = head;
        this.nextGroup = nextGroup;
        this.blockEnd = geometry.nextBlock(head);
        this.block = ring.appendView(head);
        this.headFile = geometry.fileOf(head);
        if (head < blockEnd) {
            this.mask = files.maskAt(head);
        }
        this.durableEnd = head;
        this.released = head;
        this.durableGroup = nextGroup - 1;
        this.forcedGroup = nextGroup - 1;
    }

    /// Remembers where a group begins that recovery found.
    public void recovered(Map<Long, Long> groupsByPosition) {
        firstGroups.putAll(groupsByPosition);
    }

    public AppendLock appendLock() {
        return appendLock;
    }

    /// The largest payload a record can have.
    public int maxPayloadBytes() {
        return geometry.blockBytes() - reserveBytes - GroupFormat.BYTES - RecordFormat.HEADER_BYTES;
    }

    /// Makes room for a record at the head. Under the append lock.
    ///
    /// @param small whether it may use the reserve
    /// @return false if there is no room now; [#takeRoomWanted] then tells when to look again
    public boolean begin(int payloadBytes, boolean small) {
        int size = RecordFormat.sizeOf(payloadBytes);
        if (open != null) {
            if (fits(head + size, small)) {
                return true;
            }
            sealOpen();
        }
        long start = Geometry.align(head, (int) nextAlignment);
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
        return end <= blockEnd - reserveBytes || (end <= blockEnd && (small || canEnter(blockEnd)));
    }

    private void openGroup(long start) {
        CommitGroup<E> pooled = pool.poll();
        CommitGroup<E> group = pooled == null ? new CommitGroup<>(newEffects.get()) : pooled;
        group.number = nextGroup++;
        group.start = start;
        group.records = 0;
        head = start + GroupFormat.BYTES;
        nextAlignment = forcedWrites ? Disk.BLOCK_BYTES : GroupFormat.ALIGNMENT;
        open = group;
        long blockStart = blockEnd - geometry.blockBytes();
        if (start == blockStart) {
            firstGroups.put(blockStart, group.number);
        }
    }

    private boolean canEnter(long blockStart) {
        return files.isReady(geometry.fileOf(blockStart))
                && ring.floorFor(blockStart) <= durableEnd
                && flushedFloor(blockStart) <= released;
    }

    /// What must be in stream files before a block can be used.
    private long flushedFloor(long blockStart) {
        return blockStart + geometry.blockBytes() - maxUnflushedBytes;
    }

    private boolean enterBlock(long blockStart) {
        if (!canEnter(blockStart)) {
            wantedBlock = blockStart;
            roomWanted = true;
            // Asked again, or room made between the two would wake no one.
            if (!canEnter(blockStart)) {
                return false;
            }
            roomWanted = false;
        }
        ring.enter(blockStart);
        block = ring.appendView(blockStart);
        long file = geometry.fileOf(blockStart);
        mask = files.file(file).mask();
        headFile = file;
        blockEnd = blockStart + geometry.blockBytes();
        return true;
    }

    /// Where the payload of the record begun goes, at [#payloadIndex]. Only absolute access.
    public ByteBuffer block() {
        return block;
    }

    public int payloadIndex() {
        return ring.indexOf(head) + RecordFormat.HEADER_BYTES;
    }

    /// Completes the record begun, whose payload is in place. Under the append lock.
    ///
    /// @return its position
    public long end(int payloadBytes, long sequence, int streamId, byte type, long timestampMs) {
        long position = head;
        RecordFormat.complete(
                block, ring.indexOf(position), payloadBytes, sequence, streamId, type, timestampMs, mask, appendCrc);
        head = position + RecordFormat.sizeOf(payloadBytes);
        openGroup().records++;
        return position;
    }

    /// The effects of the group the last record went into. Under the append lock.
    public E effects() {
        return openGroup().effects;
    }

    /// The number of the group the last record went into. Under the append lock.
    public long group() {
        return openGroup().number;
    }

    /// Whether something waits for a commit. Under the append lock.
    public boolean hasUncommitted() {
        return open != null || !sealed.isEmpty();
    }

    private CommitGroup<E> openGroup() {
        CommitGroup<E> group = open;
        if (group == null) {
            throw new IllegalStateException("Broken invariant: no group is open");
        }
        return group;
    }

    private void sealOpen() {
        CommitGroup<E> group = openGroup();
        // A group whose record never came (it did not fit after all) is sealed empty, which is harmless.
        group.end = head;
        group.paddedEnd = Geometry.align(head, (int) nextAlignment);
        group.effects.seal();
        sealed.add(group);
        open = null;
    }

    /// Commits everything appended before the call.
    ///
    /// @return whether there was something
    public boolean commit() {
        commitLock.lock();
        try {
            return commitSealed(false);
        } finally {
            commitLock.unlock();
        }
    }

    /// Like [#commit], unless another thread is committing, which may have begun before what was appended last.
    ///
    /// @return false if another thread is
    public boolean tryCommit() {
        if (!commitLock.tryLock()) {
            return false;
        }
        try {
            commitSealed(false);
            return true;
        } finally {
            commitLock.unlock();
        }
    }

    /// Commits everything appended before the call and forces it, whatever the policy, then runs `then` before the next
    /// commit.
    ///
    /// @return false if it failed, and `then` did not run
    public boolean commitAndForce(Runnable then) {
        forceLock.lock();
        try {
            IOException failure = forceAhead();
            commitLock.lock();
            try {
                if (failure != null) {
                    fail(failure);
                }
                commitSealed(true);
                if (!failed && !forcedWrites) {
                    force();
                }
                if (failed) {
                    return false;
                }
                then.run();
                return true;
            } finally {
                commitLock.unlock();
            }
        } finally {
            forceLock.unlock();
        }
    }

    /// Forces what is written by now, so that commits, which go on meanwhile, wait only for the little that came since.
    ///
    /// @return the failure, if there was one
    private @Nullable IOException forceAhead() {
        try {
            files.forceAhead();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private void force() {
        long upTo = durableGroup;
        if (forcedGroup == upTo) {
            return;
        }
        try {
            files.forceAll();
            forcedGroup = upTo;
        } catch (IOException e) {
            fail(e);
        }
    }

    private boolean commitSealed(boolean alignNext) {
        takeSealed(alignNext);
        if (committing.isEmpty()) {
            return false;
        }
        if (failed) {
            return false;
        }
        try {
            for (int i = 0; i < committing.size(); i++) {
                CommitGroup<E> group = committing.get(i);
                write(group);
                group.effects.publish();
                if (forcedWrites) {
                    forcedGroup = group.number;
                }
                durableEnd = group.paddedEnd;
                durableGroup = group.number;
            }
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    private void takeSealed(boolean alignNext) {
        appendLock.lock();
        try {
            // One by one: addAll would allocate for each commit.
            for (int i = 0; i < committing.size(); i++) {
                pool.add(committing.get(i));
            }
            committing.clear();
            if (open != null) {
                sealOpen();
            }
            if (alignNext) {
                // What is about to be forced must not share a disk block with what comes after.
                nextAlignment = Disk.BLOCK_BYTES;
            }
            for (int i = 0; i < sealed.size(); i++) {
                committing.add(sealed.get(i));
            }
            sealed.clear();
        } finally {
            appendLock.unlock();
        }
    }

    private void write(CommitGroup<E> group) throws IOException {
        Invariants.check(group.number == durableGroup + 1, "groups are written in order");
        JournalFile file = files.file(geometry.fileOf(group.start));
        ByteBuffer view = ring.commitView(group.start);
        int start = ring.indexOf(group.start);
        int end = start + (int) (group.end - group.start);
        int paddedEnd = start + (int) (group.paddedEnd - group.start);
        Invariants.check(paddedEnd <= geometry.blockBytes(), "a group ends in the block it began in");
        for (int i = end; i < paddedEnd; i++) {
            view.put(i, (byte) 0);
        }
        GroupFormat.write(
                view,
                start,
                group.number,
                end - start - GroupFormat.BYTES,
                group.records,
                forcedGroup == group.number - 1,
                clock.currentTimeMillis(),
                file.mask(),
                commitCrc);
        view.limit(paddedEnd).position(start);
        try {
            file.write(group.start, view);
        } finally {
            view.clear();
        }
    }

    private void fail(Throwable cause) {
        if (!failed) {
            failed = true;
            onFailure.accept(cause);
        }
    }

    /// The newest durable group.
    public long durableGroup() {
        return durableGroup;
    }

    /// The newest group that is on the device.
    public long forcedGroup() {
        return forcedGroup;
    }

    /// Position behind the newest durable group.
    public long durableEnd() {
        return durableEnd;
    }

    /// The number of the group after the newest durable one. Under the commit lock, or while nothing commits.
    public long nextCommit() {
        return durableGroup + 1;
    }

    /// The file appends have reached.
    public long headFile() {
        return headFile;
    }

    /// Says that all below `position` is in stream files.
    public void release(long position) {
        if (position > released) {
            released = position;
        }
    }

    /// All below is in stream files.
    public long released() {
        return released;
    }

    /// What [#release] must reach before a waiting append can go on; very small if none waits.
    public long wantedFloor() {
        return roomWanted ? flushedFloor(wantedBlock) : Long.MIN_VALUE;
    }

    /// Whether an append found no room since this was last answered with yes, and there is room now.
    public boolean takeRoomWanted() {
        if (!roomWanted || !canEnter(wantedBlock)) {
            return false;
        }
        roomWanted = false;
        return true;
    }

    /// A place at or before `position` where a scan can start, and the number of the first group there.
    public Map.Entry<Long, Long> scanStart(long position) {
        Map.Entry<Long, Long> entry = firstGroups.floorEntry(position);
        Invariants.check(entry != null, "every block in use has its first group on record");
        return java.util.Objects.requireNonNull(entry);
    }

    /// Notes where scans start from now on, and forgets the places before.
    public void startAt(long position, long group) {
        firstGroups.put(position, group);
        firstGroups.headMap(position, false).clear();
    }
}
