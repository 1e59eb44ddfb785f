package io.walrus.node.repair;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.replicate.Fences;
import io.walrus.node.store.BlockReads;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Makes copies of this node longer, from those of other nodes. Guarded by the node's lock.
///
/// All copies of a segment are beginnings of one sequence, so any can be continued from one that is longer.
public final class Transfers {
    private enum Step {
        UNDER_WAY,
        DONE,
        FAILED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);
    private static final long ANSWER_NS = 2_000_000_000L;

    private final LogEngine engine;
    private final Peers peers;
    private final Segments segments;
    private final Fences fences;
    private final BlockReads reads;
    private final DamagedCopies damaged;
    private final Throttle throttle;
    private final long self;
    private final Set<Transfer> underWay = new LinkedHashSet<>();
    private ToLongFunction<SealedSegment> bound = SealedSegment::records;
    private ClusterState state = ClusterState.EMPTY;
    private long nowNs;
    private volatile boolean waiting;

    /// Makes it.
    ///
    /// @param bytesPerSecond how much of sealed segments is copied in a second, 0 for as much as goes
    public Transfers(
            LogEngine engine,
            Peers peers,
            Segments segments,
            Fences fences,
            BlockReads reads,
            DamagedCopies damaged,
            long bytesPerSecond,
            long self) {
        this.engine = engine;
        this.peers = peers;
        this.segments = segments;
        this.fences = fences;
        this.reads = reads;
        this.damaged = damaged;
        this.throttle = new Throttle(bytesPerSecond);
        this.self = self;
    }

    /// How long a copy of a sealed segment may get, 0 if there is to be none.
    void limit(ToLongFunction<SealedSegment> length) {
        bound = length;
    }

    /// What time it is. Told whenever the lock was taken.
    public void at(long now) {
        nowNs = now;
    }

    /// Takes note of the metadata, which says how long sealed segments are.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Makes a fenced copy longer, for a sealer.
    ///
    /// @param fromNode the node whose copy is that long
    /// @param ended is told whether the copy is durable up to there, once it is or can't be
    public void fill(SegmentKey key, long upTo, long fromNode, Consumer<Boolean> ended) {
        LogStream copy = segments.find(key.topicId(), key.segment());
        if (copy == null || !fences.isFenced(copy)) {
            ended.accept(false);
            return;
        }
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
    public void tick() {
        List.copyOf(underWay).forEach(this::advance);
    }

    private void start(Transfer pull) {
        underWay.add(pull);
        advance(pull);
    }

    /// Whether a copy waits for a commit. May be asked without the lock.
    public boolean isWaiting() {
        return waiting;
    }

    /// The log has committed more.
    public void committed() {
        if (waiting) {
            waiting = false;
            List.copyOf(underWay).forEach(this::advance);
        }
    }

    /// Takes a pull as far as it goes now.
    void advance(Transfer pull) {
        if (pull.isAsking() || !underWay.contains(pull)) {
            return;
        }
        Step step;
        try {
            step = step(pull);
        } catch (StorageException e) {
            boolean isExpected = e.category() == StorageException.Category.DISK_FULL
                    || e.category() == StorageException.Category.READ_ONLY;
            LOG.atLevel(isExpected ? Level.DEBUG : Level.WARN)
                    .log("segment {} can't be copied to this node: {}", pull.key(), e.getMessage());
            step = Step.FAILED;
        }
        if (step != Step.UNDER_WAY) {
            underWay.remove(pull);
            pull.ended(step == Step.DONE);
        }
    }

    private Step step(Transfer pull) throws StorageException {
        long upTo = bound(pull);
        if (upTo < 0) {
            return Step.FAILED;
        }
        LogStream copy =
                pull.isReplacing() ? segments.findOrCreateReplacement(pull.key()) : segments.findOrCreate(pull.key());
        if (copy == null) {
            return Step.UNDER_WAY;
        }
        RecordBlock block = pull.block();
        if (block != null && !store(pull, copy, block, upTo)) {
            return Step.UNDER_WAY;
        }
        if (copy.records() < upTo) {
            return ask(pull, copy);
        }
        if (copy.durableRecords() < upTo) {
            waiting = true;
            return Step.UNDER_WAY;
        }
        return upTo == pull.upTo() ? Step.DONE : Step.FAILED;
    }

    /// How long the copy may get: a segment may have been sealed meanwhile, with less than some sealer had in mind.
    ///
    /// @return -1 if there is to be no copy any more
    private long bound(Transfer pull) {
        SegmentKey key = pull.key();
        return switch (state.fate(key.topicId(), key.segment())) {
            case GONE -> -1;
            case OPEN, UNKNOWN -> pull.upTo();
            case SEALED -> {
                Topic topic = state.topic(key.topicId());
                SealedSegment sealed = topic == null ? null : topic.sealed().get(key.segment());
                long length = sealed == null ? 0 : bound.applyAsLong(sealed);
                yield length == 0 ? -1 : Math.min(pull.upTo(), length);
            }
        };
    }

    /// Stores what another node gave.
    ///
    /// @return false if the log has no room at the moment
    private boolean store(Transfer pull, LogStream copy, RecordBlock block, long upTo) throws StorageException {
        if (block.first() > copy.records() || block.next() <= copy.records()) {
            pull.nextSource();
        }
        int from = Math.clamp(copy.records() - block.first(), 0, block.count());
        for (int i = from; block.first() + i == copy.records() && i < block.count() && copy.records() < upTo; i++) {
            if (engine.appendCopy(copy, copy.records(), block.type(i), block.timestampMs(i), block.payload(i)) < 0) {
                return false;
            }
        }
        pull.stored();
        return true;
    }

    /// Records have come from another node.
    void came(Transfer pull, RecordBlock records) {
        if (!pull.isUrgent()) {
            throttle.used(records.byteCount());
        }
    }

    private Step ask(Transfer pull, LogStream copy) {
        long from = copy.records();
        for (Long source = pull.source(); source != null; source = pull.source()) {
            boolean isHere = source == self;
            Peer peer = peers.find(source);
            boolean isThere = isHere || (peer != null && peer.isUp());
            boolean isOpen = pull.isUrgent() || throttle.isOpen(nowNs);
            if (isThere && (!isOpen || (peer != null && !peer.takesMore()))) {
                return Step.UNDER_WAY;
            }
            if (isHere && askHere(pull, from)) {
                return Step.UNDER_WAY;
            }
            if (isThere && peer != null) {
                pull.asking();
                peer.ask(
                        id -> new PeerMessage.Read(id, pull.key(), ReadKind.RECORDS, from, pull.upTo()),
                        pull,
                        0,
                        nowNs + ANSWER_NS);
                return Step.UNDER_WAY;
            }
            pull.nextSource();
        }
        return Step.FAILED;
    }

    private boolean askHere(Transfer pull, long from) {
        LogStream own = segments.withRecords(pull.key(), from);
        if (own == null) {
            return false;
        }
        pull.asking();
        reads.readFromDisk(ReadKind.RECORDS, own, from, (read, failure) -> {
            // A copy: the records may have to wait for room in the log, the buffer is used again at once.
            RecordBlock found =
                    failure == null ? RecordBlock.of(from, read, pull.upTo()).copied() : null;
            reads.release(read);
            if (failure != null) {
                boolean _ = damaged.failed(own, failure);
            }
            pull.came(found == null || found.count() == 0 ? null : found);
        });
        return true;
    }
}
