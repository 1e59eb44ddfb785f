package io.walrus.node.store;

import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.topic.Refusals;
import io.walrus.protocol.ErrorCode;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadPlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Blocks of entries read from the disk or from other nodes, a bounded number of bytes of them, the latest used first.
/// A block is a good deal larger than an entry, so that a reader who goes through a segment in order waits once in a
/// block.
///
/// The first block of a segment is small. Each that a reader comes to the end of is followed by one twice as long, as
/// far as all segments that are being read have blocks of that length at a time. So a block is read to its end before
/// its memory is taken for another segment, however many are read in turns.
///
/// Guarded by the node's lock.
public final class ReadAhead implements Part {
    private static final int FIRST_BYTES = 32 << 10;
    private static final int MIN_BYTES = 4 << 10;

    /// Two of each segment: the one that a reader is at the end of, and the next one.
    private static final int BLOCKS_OF_EACH = 2;

    /// Told, with the node's lock held, how a read has ended.
    public interface Waiter {
        void readEnded(ReadOutcome outcome);
    }

    private record Waiting(long offset, long sinceNs, Waiter waiter) {}

    /// Compared by identity.
    private static final class Block {
        private final Source source;
        private final RecordBlock entries;
        private final int wantedBytes;
        private final @Nullable ReadPlace end;

        /// @param entries which have bytes of their own
        /// @param end where they end on this node's disk
        Block(Source source, RecordBlock entries, int wantedBytes, @Nullable ReadPlace end) {
            this.source = source;
            this.entries = entries;
            this.wantedBytes = wantedBytes;
            this.end = end;
        }
    }

    private final BlockReads reads;
    private final RemoteReads remote;
    private final DamagedCopies damaged;
    private final Now now;
    private final long timeoutNs;
    private final long maxBytes;
    /// The latest used last.
    private final SequencedSet<Block> blocks = new LinkedHashSet<>();
    private final Map<Source, List<Block>> bySource = new HashMap<>();
    /// Who waits for what, under the place where each read begins.
    private final Map<Source, NavigableMap<Long, List<Waiting>>> underWay = new HashMap<>();
    private long heldBytes;

    /// @param timeoutNs how long a read is waited for, and other nodes are asked for what is not stored here
    /// @param maxBytes what all blocks together hold at most, but for one that is longer
    public ReadAhead(
            BlockReads reads, RemoteReads remote, DamagedCopies damaged, Now now, long timeoutNs, long maxBytes) {
        this.reads = reads;
        this.remote = remote;
        this.damaged = damaged;
        this.now = now;
        this.timeoutNs = timeoutNs;
        this.maxBytes = maxBytes;
    }

    /// The block that holds the entry, or null if there is none.
    @Nullable
    RecordBlock find(Source source, long offset) {
        for (Block block : bySource.getOrDefault(source, List.of())) {
            if (block.entries.has(offset)) {
                blocks.addLast(block);
                return block.entries;
            }
        }
        return null;
    }

    /// Reads the entries from `offset` on. Nobody asks for what a read that is under way may find; one that began
    /// behind `offset` won't, and may wait for long for what no node has that can be reached.
    ///
    /// @param sinceNs when they were asked for: after the timeout other nodes are no longer asked
    void request(Source source, long offset, long sinceNs, Waiter waiter) {
        NavigableMap<Long, List<Waiting>> reading = underWay.computeIfAbsent(source, _ -> new TreeMap<>());
        Map.Entry<Long, List<Waiting>> others = reading.floorEntry(offset);
        if (others != null) {
            others.getValue().add(new Waiting(offset, sinceNs, waiter));
            return;
        }
        List<Waiting> first = new ArrayList<>();
        first.add(new Waiting(offset, sinceNs, waiter));
        reading.put(offset, first);
        long deadlineNs = sinceNs + timeoutNs;
        int bytes = wantedBytes(source, offset);
        switch (source) {
            case Source.Stored stored ->
                readHere(stored, stored.stream(), offset, bytes, failure -> {
                    boolean looksAgain = failure == null || damaged.failed(stored.stream(), failure);
                    ended(
                            stored,
                            offset,
                            looksAgain ? new ReadOutcome.Found() : new ReadOutcome.Failed(Refusals.text(failure)));
                });
            case Source.Elsewhere elsewhere -> readElsewhere(elsewhere, elsewhere, offset, bytes, deadlineNs, null);
            case Source.Damaged here -> readAround(here, offset, bytes, deadlineNs);
        }
    }

    /// How much to read from `offset` on: more behind a block that was read to its end, which is of less use now than
    /// any other.
    private int wantedBytes(Source source, long offset) {
        int segments = bySource.size() + (bySource.containsKey(source) ? 0 : 1);
        int most = Math.clamp(maxBytes / BLOCKS_OF_EACH / segments, MIN_BYTES, BlockReads.BLOCK_BYTES);
        int wanted = FIRST_BYTES;
        for (Block block : bySource.getOrDefault(source, List.of())) {
            if (block.entries.next() == offset) {
                wanted = Math.max(wanted, 2 * block.wantedBytes);
                blocks.addFirst(block);
            }
        }
        return Math.min(wanted, most);
    }

    /// Others are asked first: a failing disk may take long for what it still gives. What is read here otherwise is no
    /// less right. Whatever was damaged may still come from a node that can't be reached at the moment.
    private void readAround(Source.Damaged here, long offset, int bytes, long deadlineNs) {
        remote.requestNow(here.elsewhere(), offset, bytes, deadlineNs, (block, outcome) -> {
            if (block != null) {
                add(new Block(here, block, bytes, null));
                ended(here, offset, outcome);
                return;
            }
            readHere(here, here.stream(), offset, bytes, failure -> {
                if (failure == null || Refusals.isGone(failure)) {
                    ended(here, offset, new ReadOutcome.Found());
                } else {
                    readElsewhere(here, here.elsewhere(), offset, bytes, deadlineNs, Refusals.text(failure));
                }
            });
        });
    }

    /// @param here why it can't be read here, if it is here
    private void readElsewhere(
            Source source, Source.Elsewhere where, long offset, int bytes, long deadlineNs, @Nullable String here) {
        remote.request(where, offset, bytes, deadlineNs, (block, outcome) -> {
            if (block != null) {
                add(new Block(source, block, bytes, null));
            }
            boolean isLost =
                    outcome instanceof ReadOutcome.Failed(String error) && ErrorCode.of(error) == ErrorCode.DATA_LOST;
            ended(source, offset, isLost && here != null ? new ReadOutcome.Failed(here) : outcome);
        });
    }

    private @Nullable ReadPlace place(Source source, long offset) {
        for (Block block : bySource.getOrDefault(source, List.of())) {
            if (block.entries.next() == offset) {
                return block.end;
            }
        }
        return null;
    }

    /// Reads a block from the disk, in the background.
    ///
    /// @param ended is told why it could not be read, or null if it was
    private void readHere(
            Source source, LogStream stream, long offset, int bytes, Consumer<@Nullable IOException> ended) {
        reads.readFromDisk(ReadKind.ENTRIES, stream, offset, bytes, place(source, offset), (read, failure) -> {
            if (failure == null && !read.isEmpty()) {
                RecordBlock entries =
                        RecordBlock.of(offset, read, Long.MAX_VALUE).copied();
                add(new Block(source, entries, bytes, read.place()));
            }
            ended.accept(failure);
        });
    }

    /// The waiters find the new block, so it stays, however long it is.
    private void add(Block block) {
        heldBytes += block.entries.memoryBytes();
        while (heldBytes > maxBytes && !blocks.isEmpty()) {
            Block oldest = blocks.removeFirst();
            heldBytes -= oldest.entries.memoryBytes();
            List<Block> others = bySource.get(oldest.source);
            if (others != null) {
                others.remove(oldest);
                if (others.isEmpty()) {
                    bySource.remove(oldest.source);
                }
            }
        }
        blocks.addLast(block);
        bySource.computeIfAbsent(block.source, _ -> new ArrayList<>(BLOCKS_OF_EACH))
                .add(block);
    }

    private void ended(Source source, long offset, ReadOutcome outcome) {
        NavigableMap<Long, List<Waiting>> reading = underWay.get(source);
        List<Waiting> waiting = reading == null ? null : reading.remove(offset);
        if (reading == null || waiting == null) {
            return;
        }
        if (reading.isEmpty()) {
            underWay.remove(source);
        }
        for (Waiting one : waiting) {
            // What can't be read at one place says nothing about another.
            boolean looksAgain = one.offset != offset;
            one.waiter.readEnded(looksAgain ? new ReadOutcome.Found() : outcome);
        }
    }

    /// Lets nobody wait for longer than the timeout: a disk that hangs gives no answer. What it reads may be of use
    /// yet.
    @Override
    public void tick() {
        if (underWay.isEmpty()) {
            return;
        }
        List<Waiting> late = new ArrayList<>();
        for (NavigableMap<Long, List<Waiting>> reading : underWay.values()) {
            for (List<Waiting> waiting : reading.values()) {
                waiting.removeIf(one -> now.ns() - one.sinceNs > timeoutNs && late.add(one));
            }
        }
        ReadOutcome outcome = new ReadOutcome.Failed(Refusals.notReadInTime());
        late.forEach(one -> one.waiter.readEnded(outcome));
    }

    /// Forgets what was read of a stream that is going away.
    public void forget(LogStream stream) {
        bySource.entrySet().removeIf(each -> {
            boolean gone =
                    switch (each.getKey()) {
                        case Source.Stored(LogStream stored) -> stored == stream;
                        case Source.Damaged(LogStream stored, Source.Elsewhere _) -> stored == stream;
                        case Source.Elsewhere _ -> false;
                    };
            if (gone) {
                for (Block block : each.getValue()) {
                    blocks.remove(block);
                    heldBytes -= block.entries.memoryBytes();
                }
            }
            return gone;
        });
    }
}
