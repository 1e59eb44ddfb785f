package io.walrus.node.repair;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.route.SegmentKey;
import io.walrus.node.route.Segments;
import io.walrus.node.seal.Fences;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Brings this node's copies to the length they are to have: a sealed segment's to its count, and a fenced one's to
/// what its sealer asks for. Guarded by the node's lock.
///
/// All copies of a segment are beginnings of one sequence, so any of them can be cut, and any can be continued from
/// one that is longer.
public final class Repairs {
    private enum Step {
        UNDER_WAY,
        DONE,
        FAILED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Repairs.class);
    private static final int MAX_AT_A_TIME = 16;
    private static final long ANSWER_NS = 2_000_000_000L;
    private static final long AGAIN_NS = 500_000_000L;
    /// More than any repair takes.
    private static final long REPAIR_NS = Long.MAX_VALUE / 2;

    private final LogEngine engine;
    private final Peers peers;
    private final Segments segments;
    private final Fences fences;
    private final Replica self;
    private final Set<Pull> pulls = new LinkedHashSet<>();
    /// Sealed segments whose copy here has another length, and when to look at each again.
    private final Map<SegmentKey, Long> wrong = new LinkedHashMap<>();

    private ClusterState state = ClusterState.EMPTY;
    private long nowNs;
    private int repairing;
    private volatile boolean waiting;

    public Repairs(LogEngine engine, Peers peers, Segments segments, Fences fences, Replica self) {
        this.engine = engine;
        this.peers = peers;
        this.segments = segments;
        this.fences = fences;
        this.self = self;
    }

    /// What time it is. Told whenever the lock was taken.
    public void at(long now) {
        nowNs = now;
    }

    /// Takes note of the metadata, which says how long sealed segments are.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Sealed segments that this node has yet to get or to cut.
    public int outstanding() {
        return wrong.size();
    }

    /// Looks at this node's copies of a topic's sealed segments, from one segment on.
    public void look(Topic topic, long fromSegment) {
        for (SealedSegment sealed : topic.sealed().tailMap(fromSegment, true).values()) {
            SegmentKey key = new SegmentKey(topic.topicId(), sealed.number());
            if (sealed.replicas().contains(self) && !isRight(key, sealed)) {
                wrong.putIfAbsent(key, nowNs);
            }
        }
    }

    private boolean isRight(SegmentKey key, SealedSegment sealed) {
        LogStream copy = segments.find(key.topicId(), key.segment());
        return copy != null && copy.records() == sealed.records();
    }

    /// Makes a fenced copy longer, for a sealer.
    ///
    /// @param fromNode the node whose copy is that long
    /// @param listener is told once the copy is durable up to there, or can't be
    public void fill(SegmentKey key, long upTo, long fromNode, Pull.Listener listener) {
        LogStream copy = segments.find(key.topicId(), key.segment());
        if (copy == null || !fences.isFenced(copy)) {
            listener.ended(false);
            return;
        }
        start(new Pull(this, key, upTo, List.of(fromNode), listener));
    }

    /// Goes on with what waits for room or other nodes.
    public void tick() {
        List.copyOf(pulls).forEach(this::advance);
        if (wrong.isEmpty()) {
            return;
        }
        for (Map.Entry<SegmentKey, Long> one : List.copyOf(wrong.entrySet())) {
            if (repairing >= MAX_AT_A_TIME) {
                return;
            }
            if (nowNs - one.getValue() >= 0) {
                repair(one.getKey());
            }
        }
    }

    private void repair(SegmentKey key) {
        Topic topic = state.topic(key.topicId());
        SealedSegment sealed = topic == null ? null : topic.sealed().get(key.segment());
        if (sealed == null || !sealed.replicas().contains(self) || isRight(key, sealed)) {
            wrong.remove(key);
            return;
        }
        wrong.put(key, nowNs + AGAIN_NS);
        LogStream copy = segments.find(key.topicId(), key.segment());
        if (copy != null && copy.records() > sealed.records()) {
            cut(key, copy, sealed.records());
            return;
        }
        List<Long> others = new ArrayList<>();
        for (Replica replica : sealed.replicas()) {
            if (!replica.equals(self)) {
                others.add(replica.nodeId());
            }
        }
        repairing++;
        wrong.put(key, nowNs + REPAIR_NS);
        start(new Pull(this, key, sealed.records(), others, isDone -> {
            repairing--;
            wrong.put(key, isDone ? nowNs : nowNs + AGAIN_NS);
        }));
    }

    private void cut(SegmentKey key, LogStream copy, long records) {
        try {
            if (engine.truncate(copy, records) >= 0) {
                wrong.remove(key);
            }
        } catch (StorageException e) {
            LOG.warn("segment {} can't be cut to its {} records: {}", key, records, e.getMessage());
        }
    }

    private void start(Pull pull) {
        pulls.add(pull);
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
            List.copyOf(pulls).forEach(this::advance);
        }
    }

    /// Takes a pull as far as it goes now.
    void advance(Pull pull) {
        if (pull.isAsking() || !pulls.contains(pull)) {
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
            pulls.remove(pull);
            pull.listener().ended(step == Step.DONE);
        }
    }

    private Step step(Pull pull) throws StorageException {
        long upTo = bound(pull);
        LogStream copy = upTo < 0 ? null : segments.findOrCreate(pull.key());
        if (copy == null) {
            return upTo < 0 ? Step.FAILED : Step.UNDER_WAY;
        }
        RecordBlock block = pull.block();
        if (block != null && !store(pull, copy, block, upTo)) {
            return Step.UNDER_WAY;
        }
        if (copy.records() < upTo) {
            return ask(pull, copy);
        }
        if (copy.committedRecords() < upTo) {
            waiting = true;
            return Step.UNDER_WAY;
        }
        return upTo == pull.upTo() ? Step.DONE : Step.FAILED;
    }

    /// How long the copy may get: a segment may have been sealed meanwhile, with less than some sealer had in mind.
    ///
    /// @return -1 if there is no such segment any more
    private long bound(Pull pull) {
        SegmentKey key = pull.key();
        return switch (state.fate(key.topicId(), key.segment())) {
            case GONE -> -1;
            case OPEN, UNKNOWN -> pull.upTo();
            case SEALED -> {
                Topic topic = state.topic(key.topicId());
                SealedSegment sealed = topic == null ? null : topic.sealed().get(key.segment());
                yield sealed == null ? -1 : Math.min(pull.upTo(), sealed.records());
            }
        };
    }

    /// Stores what another node gave.
    ///
    /// @return false if the log has no room at the moment
    private boolean store(Pull pull, LogStream copy, RecordBlock block, long upTo) throws StorageException {
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

    private Step ask(Pull pull, LogStream copy) {
        while (pull.source() != null) {
            Peer peer = peers.find(pull.source());
            if (peer == null || !peer.isUp()) {
                pull.nextSource();
            } else if (peer.takesMore()) {
                long from = copy.records();
                pull.asking();
                peer.ask(
                        id -> new PeerMessage.ReadRecords(id, pull.key(), from, pull.upTo()),
                        pull,
                        0,
                        nowNs + ANSWER_NS);
                return Step.UNDER_WAY;
            } else {
                return Step.UNDER_WAY;
            }
        }
        return Step.FAILED;
    }
}
