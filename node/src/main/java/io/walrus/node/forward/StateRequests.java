package io.walrus.node.forward;

import io.walrus.node.lease.Lease;
import io.walrus.node.peer.Asked;
import io.walrus.node.peer.Asker;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.Peers;
import io.walrus.node.port.Reports;
import io.walrus.node.route.ServedTopic;
import io.walrus.node.route.TopicTable;
import io.walrus.node.session.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// STATE, asked here or passed on by another node. The topic's leader renders it, which alone knows the open segment,
/// and only while no later segment can have been opened. While the lead changes hands, or a connection comes up, a
/// request waits; after a second what is known here has to do. Guarded by the node's lock.
public final class StateRequests {
    private static final long PATIENCE_NS = 1_000_000_000L;

    private final TopicTable topics;
    private final Peers peers;
    private final Reports reports;
    private final Lease lease;
    private List<Waiting> waiting = new ArrayList<>();
    private long nowNs;

    public StateRequests(TopicTable topics, Peers peers, Reports reports, Lease lease) {
        this.topics = topics;
        this.peers = peers;
        this.reports = reports;
        this.lease = lease;
    }

    /// What time it is. Told whenever the lock was taken.
    public void at(long now) {
        nowNs = now;
    }

    /// A client asks.
    public void asked(ServedTopic topic, Slot slot) {
        if (isCurrent(topic)) {
            slot.json(reports.state(topic, true));
        } else {
            new Waiting(topic, slot, nowNs + PATIENCE_NS).ask();
        }
    }

    /// Another node asks.
    public void asked(Asker from, PeerMessage.State state) {
        ServedTopic topic = topics.find(state.topicId());
        if (topic == null || !isCurrent(topic)) {
            from.answer(new PeerMessage.Stale(state.id()));
        } else {
            from.answer(new PeerMessage.Json(state.id(), reports.state(topic, true)));
        }
    }

    /// Time has passed, or something has changed: asks again for those that wait.
    public void advance() {
        if (!waiting.isEmpty()) {
            List<Waiting> all = waiting;
            waiting = new ArrayList<>();
            all.forEach(Waiting::ask);
        }
    }

    /// Whether this node leads the newest segment there is. Once the seal is proposed, the next one may have been
    /// opened elsewhere, and written to, before this node hears of it.
    private boolean isCurrent(ServedTopic topic) {
        return switch (topic.phase()) {
            case OPENING, LEADING, FENCED -> lease.holds(nowNs);
            case UNLED, SEALING -> false;
        };
    }

    private final class Waiting implements Asked {
        private final ServedTopic topic;
        private final Slot slot;
        private final long untilNs;

        Waiting(ServedTopic topic, Slot slot, long untilNs) {
            this.topic = topic;
            this.slot = slot;
            this.untilNs = untilNs;
        }

        void ask() {
            Peer leader = leader();
            if (isCurrent(topic)) {
                answer(reports.state(topic, true));
            } else if (nowNs - untilNs >= 0) {
                answer(reports.state(topic, false));
            } else if (leader != null && leader.takesMore()) {
                leader.ask(id -> new PeerMessage.State(id, topic.topicId()), this, 0, untilNs);
            } else {
                waiting.add(this);
            }
        }

        private @Nullable Peer leader() {
            return topic.phase() == ServedTopic.Phase.UNLED
                    ? peers.find(topic.open().leader())
                    : null;
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
            answer(reports.state(topic, false));
        }

        private void answer(String body) {
            slot.json(body);
            slot.wake();
        }
    }
}
