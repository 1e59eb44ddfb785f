package io.walrus.node.request;

import io.walrus.node.config.Timing;
import io.walrus.node.membership.Lease;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.PendingAnswer;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// STATE, asked here or passed on by another node. The topic's leader renders it, which alone knows the open
/// segment, and only once a majority of the replicas has shown that it led that when the request came. While the
/// lead changes hands, or a connection comes up, a request waits; after a while, longer than others take to lead
/// what a dead node led, what is known here has to do. Guarded by the node's lock.
public final class StateRequests implements Part {
    private final TopicTable topics;
    private final Peers peers;
    private final StateReports reports;
    private final Lease lease;
    private final ReplicaSender sender;
    private final Now now;
    private List<Waiting> waiting = new ArrayList<>();
    private List<PassedOn> passedOn = new ArrayList<>();

    /// A request of another node, which waits until it is sure that this one leads the topic.
    private record PassedOn(ReplyTo from, long id, ServedTopic topic, long sinceNs) {}

    public StateRequests(
            TopicTable topics, Peers peers, StateReports reports, Lease lease, ReplicaSender sender, Now now) {
        this.topics = topics;
        this.peers = peers;
        this.reports = reports;
        this.lease = lease;
        this.sender = sender;
        this.now = now;
    }

    /// A client asks.
    void state(ServedTopic topic, Slot slot) {
        if (isCurrent(topic, now.ns())) {
            reports.report(topic, true, body -> {
                slot.json(body);
                slot.wake();
            });
        } else {
            new Waiting(topic, slot, now.ns()).ask();
        }
    }

    /// Another node asks.
    public void state(ReplyTo from, PeerMessage.State state) {
        ServedTopic topic = topics.find(state.topicId());
        if (topic == null) {
            from.answer(new PeerMessage.Stale(state.id()));
        } else {
            answer(new PassedOn(from, state.id(), topic, now.ns()));
        }
    }

    private void answer(PassedOn request) {
        if (isCurrent(request.topic, request.sinceNs)) {
            reports.report(request.topic, true, body -> request.from.answer(new PeerMessage.Json(request.id, body)));
        } else if (mayLead(request.topic) && now.ns() - request.sinceNs < Timing.STATE_PATIENCE_NS) {
            passedOn.add(request);
        } else {
            request.from.answer(new PeerMessage.Stale(request.id));
        }
    }

    @Override
    public void tick() {
        askAgain();
    }

    @Override
    public void committed() {
        askAgain();
    }

    @Override
    public void followed() {
        askAgain();
    }

    /// Asks again for those that wait, as something has changed.
    private void askAgain() {
        if (!passedOn.isEmpty()) {
            List<PassedOn> all = passedOn;
            passedOn = new ArrayList<>();
            all.forEach(this::answer);
        }
        if (!waiting.isEmpty()) {
            List<Waiting> all = waiting;
            waiting = new ArrayList<>();
            all.forEach(Waiting::ask);
        }
    }

    /// Whether this node has led the newest segment there is at some moment since `sinceNs`. Others may have sealed it,
    /// and written to the next one, before this node hears of it.
    private boolean isCurrent(ServedTopic topic, long sinceNs) {
        LedSegment led = topic.ledIfAny();
        if (led == null || !mayLead(topic)) {
            return false;
        }
        boolean isConfirmed = led.isConfirmedSince(sinceNs);
        if (!isConfirmed) {
            sender.changed(led);
        }
        return isConfirmed;
    }

    /// Once the seal is proposed, the next segment may have been opened elsewhere.
    private boolean mayLead(ServedTopic topic) {
        return topic.holdsLead() && lease.holds();
    }

    private final class Waiting implements PendingAnswer {
        private final ServedTopic topic;
        private final Slot slot;
        private final long sinceNs;

        Waiting(ServedTopic topic, Slot slot, long sinceNs) {
            this.topic = topic;
            this.slot = slot;
            this.sinceNs = sinceNs;
        }

        void ask() {
            Peer leader = leader();
            if (isCurrent(topic, sinceNs)) {
                reports.report(topic, true, this::answer);
            } else if (now.ns() - sinceNs >= Timing.STATE_PATIENCE_NS) {
                reports.report(topic, false, this::answer);
            } else if (leader != null && leader.takesMore()) {
                leader.ask(
                        id -> new PeerMessage.State(id, topic.topicId()), this, 0, sinceNs + Timing.STATE_PATIENCE_NS);
            } else {
                waiting.add(this);
            }
        }

        private @Nullable Peer leader() {
            return topic.isLedHere() ? null : peers.find(topic.open().leader());
        }

        @Override
        public void answered(Answer answer) {
            if (answer instanceof PeerMessage.Json(long _, String body)) {
                answer(body);
            } else {
                waiting.add(this);
            }
        }

        @Override
        public void lost(String reason) {
            reports.report(topic, false, this::answer);
        }

        private void answer(String body) {
            slot.json(body);
            slot.wake();
        }
    }
}
