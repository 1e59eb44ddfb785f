package io.walrus.node;

import io.walrus.metadata.SealedSegment;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.Part;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.replicate.LedSegments;
import io.walrus.node.replicate.LedSegments.Opening;
import io.walrus.node.request.WaitingRequests;
import io.walrus.node.seal.SealReasons;
import io.walrus.node.seal.Sealer;
import io.walrus.node.topic.LeadObserver;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.TopicSweep;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import org.jspecify.annotations.Nullable;

/// This node's part in the open segment of each topic.
///
/// ```
///            the metadata names another leader
///   (any) ----------------------------------------> UNLED
///            the metadata names this node leader of another open segment
///   (any) ----------------------------------------> OPENING
///
///                 its stream is there           full, or better elsewhere      all of it is committed
///   OPENING --------------------------> LEADING ----------------------> FENCED ----------------------> SEALING
///      |                                   |                               |                          proposed
///      | named leader before this run,     | fenced by a sealer, here      |                        until another
///      | fenced already, or log failed     | or at a follower; log failed  | the same             segment is open
///      v                                   v                               v
///   ABANDONED <----------------------------+-------------------------------+
///   sealed by whoever gets enough fences, this node among them
/// ```
///
/// In OPENING requests wait; in LEADING they are carried out. In FENCED and SEALING PUTs wait for the next segment, and
/// GETs are answered once the seal has taken the cursor along. In ABANDONED all wait. The step from LEADING to FENCED
/// and the next are [io.walrus.node.seal.Rollover]'s, all others are here. Guarded by the node's lock.
final class Leading implements Part, LeadObserver {
    private final TopicTable topics;
    private final TopicSweep sweep;
    private final LedSegments led;
    private final Sealer sealer;
    private final WaitingRequests requests;
    private final SealReasons reasons;
    private final LiveNodes live;
    private boolean ended;

    Leading(
            TopicTable topics,
            LedSegments led,
            Sealer sealer,
            WaitingRequests requests,
            SealReasons reasons,
            LiveNodes live) {
        this.topics = topics;
        this.sweep = new TopicSweep(topics);
        this.led = led;
        this.sealer = sealer;
        this.requests = requests;
        this.reasons = reasons;
        this.live = live;
    }

    /// Another segment of a topic is open than before.
    ///
    /// @param before the one that was, 0 if the topic is new
    void opened(ServedTopic topic, long before) {
        end(topic, topic.metadata().sealed().get(before));
        requests.opened(topic, topic.open().number() == before + 1);
        if (led.isNamedLeader(topic)) {
            lead(topic);
        } else {
            topic.unled();
            requests.passOn(topic);
        }
        topics.markPending(topic);
    }

    /// The topic is gone for good.
    void deleted(ServedTopic topic) {
        requests.refuse(topic, ErrorTexts.unknownTopic(topic.name()));
        end(topic, null);
        topic.unled();
    }

    /// The segment this node led, if it did, is not the open one any more.
    private void end(ServedTopic topic, @Nullable SealedSegment sealed) {
        LedSegment segment = topic.ledIfAny();
        if (segment != null) {
            led.end(segment, sealed);
            ended = true;
        }
    }

    /// Whether a segment that was led here has ended since this was last asked: what becomes of all that was appended
    /// to it is known.
    boolean takeEnded() {
        boolean was = ended;
        ended = false;
        return was;
    }

    /// What this node was named leader of before this run is sealed, as that of a dead node would be.
    private void lead(ServedTopic topic) {
        topic.opening();
        if (led.mayLead() && !hasFailed()) {
            requests.returnStale(topic);
            open(topic);
        } else {
            abandon(topic);
        }
    }

    private boolean hasFailed() {
        return live.own() == LogHealth.FAILED;
    }

    private void open(ServedTopic topic) {
        switch (led.open(topic)) {
            case Opening.Led(LedSegment segment) -> {
                topic.leading(segment);
                resume(topic);
                requests.served(topic);
            }
            case Opening.Fenced _ -> abandon(topic);
            case Opening.NotYet _ -> {}
        }
    }

    /// Carries out what waits, now that the topic is led, or something came back.
    private void resume(ServedTopic topic) {
        requests.carryOut(topic);
        reasons.ifFull(topic);
    }

    /// Appends nothing more to the open segment, which has to be sealed without this node having a say in its length.
    private void abandon(ServedTopic topic) {
        topic.abandoned();
        requests.returnStale(topic);
        sealer.begin(topic.metadata());
        topics.markPending(topic);
    }

    private void stop(ServedTopic topic) {
        if (topic.holdsLead()) {
            abandon(topic);
        }
    }

    private void stopIfUnfit(ServedTopic topic) {
        if (hasFailed() || sealer.canSeal(topic.metadata())) {
            stop(topic);
        }
    }

    @Override
    public void fenced(ServedTopic topic) {
        stop(topic);
    }

    @Override
    public void appended(ServedTopic topic) {
        reasons.ifFull(topic);
    }

    @Override
    public void cameBack(ServedTopic topic) {
        if (topic.isLeading()) {
            resume(topic);
        }
        topics.markPending(topic);
    }

    /// Goes on with what waits, unless the log has failed, and nothing is led here any more, or is stalled, and what
    /// others can lead is left to them.
    @Override
    public void tick() {
        if (!live.isFit()) {
            sweep.begin();
            sweep.goOn(this::stopIfUnfit);
        }
        for (ServedTopic topic : topics.takePending()) {
            if (hasFailed()) {
                refuseIfStuck(topic);
            }
            switch (topic.phase()) {
                case OPENING -> open(topic);
                case LEADING -> resume(topic);
                case ABANDONED -> sealer.begin(topic.metadata());
                case UNLED, FENCED, SEALING -> {}
            }
            requests.expire(topic);
            topics.markPending(topic);
        }
    }

    /// Lets nothing wait for another leader of a topic if there can't be one without this node.
    private void refuseIfStuck(ServedTopic topic) {
        if (topic.isAbandoned() && !sealer.canSeal(topic.metadata())) {
            requests.refuseReadOnly(topic);
        }
    }
}
