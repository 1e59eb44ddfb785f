package io.walrus.node.request;

import io.walrus.metadata.CursorPosition;
import io.walrus.node.config.Timing;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.PendingAnswer;
import io.walrus.node.topic.Refusals;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.protocol.ErrorTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// SKIP, carried out by the topic's leader, on whichever node it is asked. It has no place among the GETs of its
/// connection: they may wait for the very entry that it passes over. While the lead changes hands a request waits.
/// Guarded by the node's lock.
public final class CursorSkips implements Part {
    private final SharedCursor cursor;
    private final Peers peers;
    private final Now now;
    private final long timeoutNs;
    private List<Waiting> waiting = new ArrayList<>();

    /// @param timeoutNs how long a request may take altogether
    public CursorSkips(SharedCursor cursor, Peers peers, Now now, long timeoutNs) {
        this.cursor = cursor;
        this.peers = peers;
        this.now = now;
        this.timeoutNs = timeoutNs;
    }

    /// A client asks.
    ///
    /// @param segment the topic has to have it
    void skip(ServedTopic topic, long segment, long offset, boolean isDryRun, Slot slot) {
        if (segment == 0) {
            slot.error(ErrorTexts.unknownSegment(
                    topic.name(), segment, topic.open().number()));
        } else {
            CursorPosition to = new CursorPosition(segment, offset);
            if (!topic.isLedHere() || !cursor.skip(topic, to, isDryRun, slot)) {
                new Waiting(topic, to, isDryRun, slot, now.ns()).carryOut();
            }
        }
    }

    /// Tries again what could not be done before, and gives up on what waits too long.
    @Override
    public void tick() {
        again();
    }

    @Override
    public void followed() {
        again();
    }

    private void again() {
        if (!waiting.isEmpty()) {
            List<Waiting> all = waiting;
            waiting = new ArrayList<>();
            all.forEach(Waiting::carryOut);
        }
    }

    private final class Waiting implements PendingAnswer {
        private final ServedTopic topic;
        private final CursorPosition to;
        private final boolean isDryRun;
        private final Slot slot;
        private final long sinceNs;
        private long askedSegment;
        /// Why nobody knows whether it was done, if it was ever asked for without an answer.
        private @Nullable String lostReason;

        Waiting(ServedTopic topic, CursorPosition to, boolean isDryRun, Slot slot, long sinceNs) {
            this.topic = topic;
            this.to = to;
            this.isDryRun = isDryRun;
            this.slot = slot;
            this.sinceNs = sinceNs;
        }

        void carryOut() {
            Peer leader = leader();
            if (topic.isLedHere() && cursor.skip(topic, to, isDryRun, slot)) {
                slot.wake();
            } else if (now.ns() - sinceNs > timeoutNs) {
                slot.refuse(
                        lostReason == null
                                ? Refusals.notLed(topic)
                                : ErrorTexts.outcomeUnknown("the cursor may have been moved: " + lostReason));
            } else if (leader != null && leader.takesMore()) {
                askedSegment = topic.open().number();
                int leftMs = (int) TimeUnit.NANOSECONDS.toMillis(sinceNs + timeoutNs - now.ns());
                leader.ask(
                        id -> new PeerMessage.Skip(id, topic.topicId(), askedSegment, leftMs, to, isDryRun),
                        this,
                        0,
                        sinceNs + timeoutNs + Timing.FORWARD_GRACE_NS);
            } else {
                waiting.add(this);
            }
        }

        private @Nullable Peer leader() {
            return topic.isLedHere() ? null : peers.find(topic.open().leader());
        }

        @Override
        public void answered(Answer answer) {
            switch (answer) {
                case PeerMessage.Json(long _, String body) -> {
                    slot.json(body);
                    slot.wake();
                }
                case PeerMessage.Failed(long _, String error) -> slot.refuse(error);
                case PeerMessage.Stale _ -> waiting.add(this);
                case PeerMessage.Done _, PeerMessage.Payload _, PeerMessage.Empty _, PeerMessage.Longer _ ->
                    lost("another node answered something else");
                case PeerMessage.Block _, PeerMessage.Fenced _, PeerMessage.Measured _, PeerMessage.Held _ ->
                    lost("another node answered something else");
            }
        }

        /// Once the topic has another leader, that one can be asked.
        @Override
        public boolean isOvertaken() {
            return topic.open().number() > askedSegment;
        }

        /// To skip twice to the same place is no harm.
        @Override
        public void lost(String reason) {
            lostReason = reason;
            waiting.add(this);
        }
    }
}
