package io.walrus.node.store;

import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.topic.Refusals;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Blocks of entries read from the disk or from other nodes, a bounded number of them, the latest used first. A
/// block is a good deal larger than an entry, so that a reader who goes through a segment in order waits once in a
/// block.
///
/// Guarded by the node's lock.
public final class ReadAhead {
    private static final int MAX_BLOCKS = 64;

    /// Told, with the node's lock held, how a read has ended.
    public interface Waiter {
        void readEnded(ReadOutcome outcome);
    }

    private record Waiting(long offset, Waiter waiter) {}

    private sealed interface Block {
        Source source();

        boolean has(long offset);

        ByteBuffer copy(long offset);
    }

    private record DiskBlock(Source source, ReadBuffer entries) implements Block {
        @Override
        public boolean has(long offset) {
            return !entries.isEmpty() && entries.offset(0) <= offset && offset < entries.nextOffset();
        }

        @Override
        public ByteBuffer copy(long offset) {
            return Entries.copy(entries, offset);
        }
    }

    private record PeerBlock(Source source, RecordBlock entries) implements Block {
        @Override
        public boolean has(long offset) {
            return entries.has(offset);
        }

        @Override
        public ByteBuffer copy(long offset) {
            return entries.copy(offset);
        }
    }

    private final BlockReads reads;
    private final RemoteReads remote;
    private final DamagedCopies damaged;
    private final long timeoutNs;
    private final Deque<Block> blocks = new ArrayDeque<>();
    private final Map<Source, List<Waiting>> underWay = new HashMap<>();

    /// @param timeoutNs how long other nodes are asked for what is not stored here
    public ReadAhead(BlockReads reads, RemoteReads remote, DamagedCopies damaged, long timeoutNs) {
        this.reads = reads;
        this.remote = remote;
        this.damaged = damaged;
        this.timeoutNs = timeoutNs;
    }

    /// A copy of the entry if a block holds it, or null.
    @Nullable
    ByteBuffer find(Source source, long offset) {
        Block found = null;
        for (Block block : blocks) {
            if (block.has(offset) && block.source().equals(source)) {
                found = block;
                break;
            }
        }
        if (found == null) {
            return null;
        }
        blocks.remove(found);
        blocks.addFirst(found);
        return found.copy(offset);
    }

    /// Reads the entries from `offset` on. Of one segment a single read is under way at a time.
    ///
    /// @param sinceNs when they were asked for: after the timeout other nodes are no longer asked
    void request(Source source, long offset, long sinceNs, Waiter waiter) {
        List<Waiting> others = underWay.get(source);
        if (others != null) {
            others.add(new Waiting(offset, waiter));
            return;
        }
        List<Waiting> first = new ArrayList<>();
        first.add(new Waiting(offset, waiter));
        underWay.put(source, first);
        long deadlineNs = sinceNs + timeoutNs;
        switch (source) {
            case Source.Stored stored ->
                readHere(stored, stored.stream(), offset, failure -> {
                    boolean looksAgain = failure == null || damaged.failed(stored.stream(), failure);
                    ended(
                            stored,
                            offset,
                            looksAgain ? new ReadOutcome.Found() : new ReadOutcome.Failed(Refusals.text(failure)));
                });
            case Source.Elsewhere elsewhere -> readElsewhere(elsewhere, elsewhere, offset, deadlineNs);
            case Source.Damaged here -> readAround(here, offset, deadlineNs);
        }
    }

    /// Others are asked first: a failing disk may take long for what it still gives. What is read here otherwise is no
    /// less right. Whatever was damaged may still come from a node that can't be reached at the moment.
    private void readAround(Source.Damaged here, long offset, long deadlineNs) {
        remote.requestNow(here.elsewhere(), offset, deadlineNs, (block, outcome) -> {
            if (block != null) {
                add(new PeerBlock(here, block));
                ended(here, offset, outcome);
                return;
            }
            readHere(here, here.stream(), offset, failure -> {
                if (failure == null || Refusals.isGone(failure)) {
                    ended(here, offset, new ReadOutcome.Found());
                } else {
                    readElsewhere(here, here.elsewhere(), offset, deadlineNs);
                }
            });
        });
    }

    private void readElsewhere(Source source, Source.Elsewhere where, long offset, long deadlineNs) {
        remote.request(where, offset, deadlineNs, (block, outcome) -> {
            if (block != null) {
                add(new PeerBlock(source, block));
            }
            ended(source, offset, outcome);
        });
    }

    /// Reads a block from the disk, in the background.
    ///
    /// @param ended is told why it could not be read, or null if it was
    private void readHere(Source source, LogStream stream, long offset, Consumer<@Nullable IOException> ended) {
        reads.readFromDisk(ReadKind.ENTRIES, stream, offset, (read, failure) -> {
            if (failure == null) {
                add(new DiskBlock(source, read));
            } else {
                reads.release(read);
            }
            ended.accept(failure);
        });
    }

    private void add(Block block) {
        blocks.addFirst(block);
        if (blocks.size() > MAX_BLOCKS) {
            reclaim(blocks.removeLast());
        }
    }

    private void reclaim(Block block) {
        switch (block) {
            case DiskBlock(Source _, ReadBuffer entries) -> reads.release(entries);
            case PeerBlock _ -> {}
        }
    }

    private void ended(Source source, long offset, ReadOutcome outcome) {
        List<Waiting> waiting = underWay.remove(source);
        if (waiting == null) {
            return;
        }
        for (Waiting one : waiting) {
            // That there is nothing at one place says nothing about another.
            boolean looksAgain = outcome instanceof ReadOutcome.Nothing && one.offset != offset;
            one.waiter.readEnded(looksAgain ? new ReadOutcome.Found() : outcome);
        }
    }

    /// Forgets what was read of a stream that is going away.
    public void forget(LogStream stream) {
        blocks.removeIf(block -> {
            boolean gone =
                    switch (block.source()) {
                        case Source.Stored(LogStream stored) -> stored == stream;
                        case Source.Damaged(LogStream stored, Source.Elsewhere _) -> stored == stream;
                        case Source.Elsewhere _ -> false;
                    };
            if (gone) {
                reclaim(block);
            }
            return gone;
        });
    }
}
