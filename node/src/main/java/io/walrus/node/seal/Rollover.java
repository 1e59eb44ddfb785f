package io.walrus.node.seal;

import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.Replica;
import io.walrus.node.config.Timing;
import io.walrus.node.membership.Successors;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.request.SharedCursor;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Seals open segments that this node leads: appends nothing more, waits until all that was appended is committed,
/// proposes that length. The short form of what [io.walrus.node.seal.Sealer] does. Guarded by the node's lock.
public final class Rollover implements Part {

    private final LogEngine engine;
    private final SharedCursor cursor;
    private final SealProposals proposals;
    private final Successors successors;
    private final MetadataView view;
    private final Now now;
    private final List<ServedTopic> fenced = new ArrayList<>();
    private final List<ServedTopic> proposed = new ArrayList<>();
    private volatile boolean waiting;
    private volatile boolean handingOver;

    public Rollover(
            LogEngine engine,
            SharedCursor cursor,
            SealProposals proposals,
            Successors successors,
            MetadataView view,
            Now now) {
        this.engine = engine;
        this.cursor = cursor;
        this.proposals = proposals;
        this.successors = successors;
        this.view = view;
        this.now = now;
    }

    /// Ends the open segment at its present length.
    public void begin(ServedTopic topic) {
        topic.fenced();
        fenced.add(topic);
        waiting = true;
    }

    /// Ends all of these that are led here, since this node is about to stop.
    public void handOver(Collection<ServedTopic> topics) {
        for (ServedTopic topic : topics) {
            if (topic.isLeading()) {
                begin(topic);
            }
        }
        advance();
        handingOver = isUnderWay();
    }

    /// Whether topics that were handed over wait for another node to lead them. From any thread.
    public boolean isHandingOver() {
        return handingOver;
    }

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    private boolean isUnderWay() {
        return fenced.stream().anyMatch(ServedTopic::isFenced)
                || proposed.stream().anyMatch(ServedTopic::isSealing);
    }

    @Override
    public void committed() {
        advance();
    }

    @Override
    public void followed() {
        advance();
        handingOver = handingOver && isUnderWay();
    }

    /// Proposes the length of every fenced segment whose entries are all committed by now.
    private void advance() {
        List<SealSegment> seals = new ArrayList<>();
        fenced.removeIf(topic -> {
            if (!topic.isFenced()) {
                return true;
            }
            if (!isCommitted(topic.led())) {
                return false;
            }
            topic.sealing(now.ns());
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

    /// Proposes what is committed by now, and again what has had no effect for a while.
    @Override
    public void tick() {
        advance();
        List<SealSegment> seals = new ArrayList<>();
        proposed.removeIf(topic -> !topic.isSealing());
        for (ServedTopic topic : proposed) {
            if (now.ns() - topic.proposedAtNs() >= Timing.SEAL_PROPOSE_AGAIN_NS) {
                topic.sealing(now.ns());
                seals.add(seal(topic));
            }
        }
        proposals.propose(seals);
    }

    private SealSegment seal(ServedTopic topic) {
        LogStream stream = topic.stream();
        CursorPosition position = cursor.seal(topic);
        List<Replica> next = successors.after(view.self().nodeId());
        return new SealSegment(
                topic.topicId(),
                topic.open().number(),
                stream.records(),
                stream.entries(),
                stream.bytes(),
                Map.of(CursorPosition.SHARED, position),
                next.getFirst().nodeId(),
                next);
    }
}
