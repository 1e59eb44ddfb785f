package io.walrus.node.replicate;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.SegmentFate;
import io.walrus.metadata.Topic;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Part;
import io.walrus.node.peer.CopyOutcome;
import io.walrus.node.peer.CopyOutcome.Kind;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerFollower;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.CopiesEnd;
import io.walrus.node.peer.PeerMessage.Copy;
import io.walrus.node.peer.PeerMessage.OfBatch;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.EngineStatus;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The follower's side of replication: stores what leaders send, and says so once it is durable.
///
/// Records are taken only from the leader that the metadata names for the open segment, only if they go on where this
/// copy ends, and none behind a fence. And none before this node knows all that was decided before it started: a
/// segment that seems open may have been sealed, and its copy deleted, with its fence. All records of one message are
/// committed together, and answered together. Guarded by the node's lock.
public final class ReplicaReceiver implements Part, MetadataFollower, PeerFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaReceiver.class);
    private static final CopyOutcome NOT_STORED = new CopyOutcome(Kind.FAILED, 0);

    /// A batch that was stored or refused, and is answered once the log's group is committed.
    private record Answer(ReplyTo to, long batch, List<CopyOutcome> outcomes, long group) {}

    /// What one leader has sent and could not be stored yet, and what became of the batch up to there.
    private static final class Incoming {
        private final Deque<OfBatch> messages = new ArrayDeque<>();
        private ReplyTo from;
        private List<CopyOutcome> outcomes = new ArrayList<>();

        Incoming(ReplyTo from) {
            this.from = from;
        }
    }

    private final LogEngine engine;
    private final Segments segments;
    private final Fences fences;
    private final MetadataView view;
    private final Peers peers;
    private final Map<Long, Incoming> incoming = new HashMap<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final Map<SegmentKey, Long> refusedEarly = new HashMap<>();
    private long lastGroup = -1;
    private volatile boolean waiting;

    public ReplicaReceiver(LogEngine engine, Segments segments, Fences fences, MetadataView view, Peers peers) {
        this.engine = engine;
        this.segments = segments;
        this.fences = fences;
        this.view = view;
        this.peers = peers;
    }

    /// Tells leaders that had sent records of segments this node had not heard of that it follows them now.
    @Override
    public void follow(ClusterState before) {
        if (refusedEarly.isEmpty() || !view.isCurrent()) {
            return;
        }
        ClusterState state = view.state();
        Map<SegmentKey, Long> known = new HashMap<>();
        Set<SegmentKey> over = new HashSet<>();
        refusedEarly.forEach((key, leader) -> {
            switch (state.fate(key.topicId(), key.segment())) {
                case OPEN -> known.put(key, leader);
                case SEALED, GONE -> over.add(key);
                case UNKNOWN -> {}
            }
        });
        refusedEarly.keySet().removeAll(known.keySet());
        refusedEarly.keySet().removeAll(over);
        known.forEach((key, leaderId) -> {
            Peer leader = peers.find(leaderId);
            if (leader != null) {
                leader.send(new PeerMessage.Follows(key));
            }
        });
    }

    /// A message of a leader's batch.
    public void received(Peer from, OfBatch message) {
        Incoming leader = incoming.computeIfAbsent(from.nodeId(), _ -> new Incoming(from.replyTo()));
        leader.messages.add(message);
        store(from.nodeId(), leader);
        if (leader.messages.peekLast() instanceof Copy waiting) {
            // The log has no room for it yet, and its bytes are only lent.
            leader.messages.removeLast();
            leader.messages.add(waiting.copied());
        }
    }

    /// The leader at the other end of a channel that is gone sends all again that it has no answer for.
    @Override
    public void down(Peer peer) {
        incoming.remove(peer.nodeId());
    }

    /// Goes on with what the log had no room for.
    @Override
    public void tick() {
        incoming.forEach(this::store);
    }

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    @Override
    public void committed() {
        boolean failed = hasFailed();
        long durable = engine.durableGroup();
        while (!answers.isEmpty() && (failed || answers.element().group <= durable)) {
            Answer answer = answers.remove();
            List<CopyOutcome> outcomes =
                    failed ? Collections.nCopies(answer.outcomes.size(), NOT_STORED) : answer.outcomes;
            answer.to.tell(new PeerMessage.Copied(answer.batch, outcomes));
        }
        waiting = !answers.isEmpty();
    }

    private void store(long leaderId, Incoming leader) {
        while (!leader.messages.isEmpty()) {
            switch (leader.messages.element()) {
                case Copy copy -> {
                    CopyOutcome outcome = store(leaderId, copy);
                    if (outcome == null) {
                        return;
                    }
                    leader.outcomes.add(outcome);
                }
                case CopiesEnd(long batch) -> {
                    answers.add(new Answer(leader.from, batch, leader.outcomes, lastGroup));
                    leader.outcomes = new ArrayList<>();
                    waiting = true;
                }
            }
            leader.messages.remove();
        }
        committed();
    }

    /// Stores what a leader sent.
    ///
    /// @return what became of it, or null if the log has no room at the moment: part of it may be stored
    private @Nullable CopyOutcome store(long leaderId, Copy copy) {
        SegmentKey key = copy.segment();
        if (hasFailed()) {
            return NOT_STORED;
        }
        Kind refusal = refusal(leaderId, key);
        if (refusal != null) {
            return new CopyOutcome(refusal, 0);
        }
        try {
            LogStream stream = segments.findOrCreate(key);
            if (stream == null) {
                return null;
            }
            if (fences.isFenced(stream)) {
                return new CopyOutcome(Kind.FENCED, 0);
            }
            return store(stream, copy.records());
        } catch (StorageException e) {
            return switch (e.category()) {
                case DISK_FULL -> new CopyOutcome(Kind.FULL, 0);
                case TOO_LARGE -> {
                    LOG.warn("segment {} of node {} can't be stored here: {}", key, leaderId, e.getMessage());
                    yield new CopyOutcome(Kind.TOO_LARGE, 0);
                }
                default -> {
                    LOG.debug("segment {} can't be stored: {}", key, e.getMessage());
                    yield NOT_STORED;
                }
            };
        }
    }

    private boolean hasFailed() {
        return engine.state() == EngineStatus.State.READ_ONLY;
    }

    private @Nullable CopyOutcome store(LogStream stream, RecordBlock records) throws StorageException {
        lastGroup = Math.max(lastGroup, stream.createdGroup());
        long length = stream.records();
        if (length < records.first() || length > records.next()) {
            return new CopyOutcome(Kind.OTHER_LENGTH, length);
        }
        // Part of it may be there already: the log had no room for the rest before.
        for (int i = (int) (length - records.first()); i < records.count(); i++) {
            long group = engine.appendCopy(
                    stream, records.first() + i, records.type(i), records.timestampMs(i), records.payload(i));
            if (group < 0) {
                return null;
            }
            lastGroup = Math.max(lastGroup, group);
        }
        return new CopyOutcome(Kind.TAKEN, records.next());
    }

    private @Nullable Kind refusal(long leaderId, SegmentKey key) {
        ClusterState state = view.state();
        Topic topic = state.topic(key.topicId());
        if (!view.isCurrent() || topic == null || key.segment() > topic.open().number()) {
            boolean isGone = state.fate(key.topicId(), key.segment()) == SegmentFate.GONE;
            if (!isGone) {
                refusedEarly.put(key, leaderId);
            }
            return isGone ? Kind.NOT_FOLLOWED : Kind.EARLY;
        }
        OpenSegment open = topic.open();
        boolean isFollowed = open.number() == key.segment()
                && open.leader() == leaderId
                && open.replicas().contains(view.self());
        return isFollowed ? null : Kind.NOT_FOLLOWED;
    }
}
