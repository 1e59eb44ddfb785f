package io.walrus.node.seal;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.Replica;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.request.SharedCursor;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.ServedTopic.Phase;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Seals open segments that this node leads: appends nothing more, waits until all that was appended is committed,
/// proposes that length. The short form of what [io.walrus.node.seal.Sealer] does. Guarded by the node's lock.
public final class Rollover {
    private static final long PROPOSE_AGAIN_NS = 2_000_000_000L;

    private final LogEngine engine;
    private final SharedCursor cursor;
    private final SealProposals proposals;
    private final long self;
    private final Heartbeats membership;
    private ClusterState state = ClusterState.EMPTY;
    private final List<ServedTopic> fenced = new ArrayList<>();
    private final List<ServedTopic> proposed = new ArrayList<>();
    private volatile boolean waiting;

    public Rollover(LogEngine engine, SharedCursor cursor, SealProposals proposals, long self, Heartbeats membership) {
        this.engine = engine;
        this.cursor = cursor;
        this.proposals = proposals;
        this.self = self;
        this.membership = membership;
    }

    /// Takes note of the metadata, which says whom the next segments can be given to.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Ends the open segment at its present length.
    public void begin(ServedTopic topic) {
        topic.fenced();
        fenced.add(topic);
        waiting = true;
    }

    /// Whether a segment waits for its last entries to be committed. May be asked without the lock.
    public boolean isWaiting() {
        return waiting;
    }

    /// Whether a segment is about to be sealed.
    public boolean isUnderWay() {
        return fenced.stream().anyMatch(topic -> topic.phase() == Phase.FENCED)
                || proposed.stream().anyMatch(topic -> topic.phase() == Phase.SEALING);
    }

    /// Proposes the length of every fenced segment whose entries are all committed by now.
    public void advance(long nowNs) {
        List<SealSegment> seals = new ArrayList<>();
        fenced.removeIf(topic -> {
            if (topic.phase() != Phase.FENCED) {
                return true;
            }
            if (!isCommitted(topic.led())) {
                return false;
            }
            topic.sealing(nowNs);
            proposed.add(topic);
            seals.add(seal(topic));
            return true;
        });
        waiting = !fenced.isEmpty();
        proposals.propose(seals);
    }

    /// Whether all that was appended is committed, and the stream itself. Else a node that crashes and comes back would
    /// not find it, and take entries for a segment whose seal may be under way.
    private boolean isCommitted(LedSegment led) {
        return led.isAllCommitted() && led.stream().createdGroup() <= engine.durableGroup();
    }

    /// Proposes again what has had no effect for a while.
    public void tick(long nowNs) {
        List<SealSegment> seals = new ArrayList<>();
        proposed.removeIf(topic -> topic.phase() != Phase.SEALING);
        for (ServedTopic topic : proposed) {
            if (nowNs - topic.proposedAtNs() >= PROPOSE_AGAIN_NS) {
                topic.sealing(nowNs);
                seals.add(seal(topic));
            }
        }
        proposals.propose(seals);
    }

    private SealSegment seal(ServedTopic topic) {
        LogStream stream = topic.stream();
        CursorPosition position = cursor.seal(topic);
        List<Replica> successors = membership.successors(state, self);
        return new SealSegment(
                topic.topicId(),
                topic.open().number(),
                stream.records(),
                stream.entries(),
                stream.bytes(),
                Map.of(CursorPosition.SHARED, position),
                successors.getFirst().nodeId(),
                successors);
    }
}
