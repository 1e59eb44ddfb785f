package io.walrus.node.repair;

import io.walrus.node.part.Part;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes copies of this node longer, from those of other nodes. Guarded by the node's lock.
///
/// All copies of a segment are beginnings of one sequence, so any can be continued from one that is longer.
public final class Transfers implements Part {
    private enum Step {
        UNDER_WAY,
        DONE,
        FAILED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);

    private final LogEngine engine;
    private final Segments segments;
    private final RecordSources sources;
    private final CopyPlacement placement;
    private final Set<Transfer> underWay = new LinkedHashSet<>();
    /// Segments with an entry that this node's log does not take, now or later.
    private final Set<SegmentKey> tooLarge = new HashSet<>();
    private volatile boolean waiting;

    public Transfers(LogEngine engine, Segments segments, RecordSources sources, CopyPlacement placement) {
        this.engine = engine;
        this.segments = segments;
        this.sources = sources;
        this.placement = placement;
    }

    /// Makes a fenced copy longer, for a sealer.
    ///
    /// @param fromNode the node whose copy is that long
    /// @param ended is told whether the copy is durable up to there, once it is or can't be
    public void fill(SegmentKey key, long upTo, long fromNode, Consumer<Boolean> ended) {
        start(new Transfer(this, key, upTo, List.of(fromNode), Transfer.Kind.FILL, ended));
    }

    /// Makes a copy of a sealed segment, or a longer one, without haste.
    ///
    /// @param sources nodes to ask, in turn
    /// @param ended is told whether the copy is durable up to there, once it is or can't be
    void copy(SegmentKey key, long upTo, Collection<Long> sources, Consumer<Boolean> ended) {
        start(new Transfer(this, key, upTo, sources, Transfer.Kind.COPY, ended));
    }

    /// Makes a copy of a sealed segment that takes the place of a damaged one, or goes on with it, without haste.
    ///
    /// @param sources nodes to ask, in turn; this one has what can be read of the damaged copy
    /// @param ended is told whether the new copy is whole and durable, once it is or can't be
    void replace(SegmentKey key, long upTo, Collection<Long> sources, Consumer<Boolean> ended) {
        start(new Transfer(this, key, upTo, sources, Transfer.Kind.REPLACE, ended));
    }

    /// Goes on with what waits for room, time or other nodes.
    @Override
    public void tick() {
        List.copyOf(underWay).forEach(this::advance);
    }

    private void start(Transfer transfer) {
        underWay.add(transfer);
        advance(transfer);
    }

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    @Override
    public void committed() {
        if (waiting) {
            waiting = false;
            List.copyOf(underWay).forEach(this::advance);
        }
    }

    /// Takes a transfer as far as it goes now.
    void advance(Transfer transfer) {
        if (transfer.isAsking() || !underWay.contains(transfer)) {
            return;
        }
        Step step;
        try {
            step = step(transfer);
        } catch (StorageException e) {
            failed(transfer.key(), e);
            step = Step.FAILED;
        }
        if (step != Step.UNDER_WAY) {
            underWay.remove(transfer);
            transfer.ended(step == Step.DONE);
        }
    }

    private void failed(SegmentKey key, StorageException cause) {
        switch (cause.category()) {
            case TOO_LARGE -> {
                tooLarge.add(key);
                LOG.warn(
                        "segment {} gets no copy on this node: {} Larger ones take a new data folder and a larger"
                                + " --max-frame-bytes",
                        key,
                        cause.getMessage());
            }
            case DISK_FULL, READ_ONLY ->
                LOG.debug("segment {} can't be copied to this node: {}", key, cause.getMessage());
            default -> LOG.warn("segment {} can't be copied to this node: {}", key, cause.getMessage());
        }
    }

    private Step step(Transfer transfer) throws StorageException {
        long upTo = placement.limit(transfer.key(), transfer.upTo());
        if (upTo < 0 || tooLarge.contains(transfer.key())) {
            return Step.FAILED;
        }
        LogStream copy = transfer.isReplacing()
                ? segments.findOrCreateReplacement(transfer.key())
                : segments.findOrCreate(transfer.key());
        if (copy == null) {
            return Step.UNDER_WAY;
        }
        RecordBlock block = transfer.block();
        if (block != null && !store(transfer, copy, block, upTo)) {
            return Step.UNDER_WAY;
        }
        if (copy.records() < upTo) {
            return sources.ask(transfer, copy.records()) ? Step.UNDER_WAY : Step.FAILED;
        }
        if (copy.durableRecords() < upTo) {
            waiting = true;
            return Step.UNDER_WAY;
        }
        return upTo == transfer.upTo() ? Step.DONE : Step.FAILED;
    }

    /// Stores what another node gave.
    ///
    /// @return false if the log has no room at the moment
    private boolean store(Transfer transfer, LogStream copy, RecordBlock block, long upTo) throws StorageException {
        if (block.first() > copy.records() || block.next() <= copy.records()) {
            transfer.nextSource();
        }
        int from = Math.clamp(copy.records() - block.first(), 0, block.count());
        for (int i = from; block.first() + i == copy.records() && i < block.count() && copy.records() < upTo; i++) {
            if (engine.appendCopy(copy, copy.records(), block.type(i), block.timestampMs(i), block.payload(i)) < 0) {
                return false;
            }
        }
        transfer.stored();
        return true;
    }

    /// Records have come from another node.
    void came(Transfer transfer, RecordBlock records) {
        sources.came(transfer, records.byteCount());
    }
}
