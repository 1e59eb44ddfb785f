package io.walrus.node.request;

import io.walrus.node.config.Timing;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.NodeReport;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerFollower;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.PendingAnswer;
import io.walrus.node.topic.Forwarded;
import io.walrus.node.topic.Refusals;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Passes requests for topics that another node leads on to that node.
///
/// A request names the segment it expects to be open. Where it isn't, the other node does nothing and says so, and the
/// request waits here for the metadata to name the next leader. Where there is no answer, nobody knows what was done:
/// the request is answered so, and is never passed on again. Guarded by the node's lock.
public final class Forwarding implements Part, PeerFollower {
    /// Topics that a tick looks at. The others have their turn at the next ones.
    private static final int MAX_PER_TICK = 2_000;

    private static final long NOBODY = 0;

    private final Peers peers;
    private final LiveNodes live;
    private final TopicTable topics;
    private final Now now;
    private final long timeoutNs;
    /// Topics of which something waits here, those that have waited longest since they were last looked at first, each
    /// with the node of which it waits for a connection, or for room for more requests; [#NOBODY] if it waits for
    /// something else.
    private final LinkedHashMap<ServedTopic, Long> waiting = new LinkedHashMap<>();
    /// The same by node, so that what a node has room for is found without a look at all.
    private final Map<Long, LinkedHashSet<ServedTopic>> waitingFor = new HashMap<>();

    /// @param topics are told of one of which something may have come back to wait here again
    /// @param timeoutNs how long a request may take altogether
    public Forwarding(Peers peers, LiveNodes live, TopicTable topics, Now now, long timeoutNs) {
        this.peers = peers;
        this.live = live;
        this.topics = topics;
        this.now = now;
        this.timeoutNs = timeoutNs;
    }

    /// Passes on what waits for a topic's leader, as far as that is possible.
    void pump(ServedTopic topic) {
        if (!topic.isLedHere()) {
            passOn(topic);
        }
        forget(topic);
        if (hasWork(topic)) {
            long leader = waitsForRoom(topic) ? topic.open().leader() : NOBODY;
            waiting.put(topic, leader);
            waitingFor.computeIfAbsent(leader, _ -> new LinkedHashSet<>()).add(topic);
        }
    }

    private void forget(ServedTopic topic) {
        Long node = waiting.remove(topic);
        Set<ServedTopic> all = node == null ? null : waitingFor.get(node);
        if (all != null) {
            all.remove(topic);
        }
    }

    private static boolean waitsForRoom(ServedTopic topic) {
        return !topic.isLedHere() && topic.forwarded().mayFollow(topic.open().number());
    }

    private static boolean hasWork(ServedTopic topic) {
        boolean passesOn = !topic.isLedHere()
                && !(topic.waitingPuts().isEmpty() && topic.waitingGets().isEmpty());
        return passesOn || topic.forwarded().hasReturned();
    }

    private void passOn(ServedTopic topic) {
        Peer leader = peers.find(topic.open().leader());
        long segment = topic.open().number();
        if (leader != null && topic.forwarded().mayFollow(segment)) {
            Deque<Slot> puts = topic.waitingPuts();
            while (!puts.isEmpty() && leader.takesMore()) {
                sendPut(leader, topic, segment, puts.remove());
            }
            // A GET finds what was PUT before it, so it never overtakes.
            Deque<Slot> gets = topic.waitingGets();
            while (puts.isEmpty() && !gets.isEmpty() && leader.takesMore()) {
                Slot get = gets.remove();
                int bytes = topic.forwarded().expectedBytes();
                if (get.mayHold(bytes)) {
                    sendGet(leader, topic, segment, bytes, get);
                } else {
                    get.park(bytes, now.ns(), () -> takeUp(topic, get));
                }
            }
        }
    }

    /// Takes up a GET that was put off: here, or by the node that leads the topic by now.
    public void takeUp(ServedTopic topic, Slot slot) {
        slot.waitingSince(now.ns());
        slot.arrived(now.ns());
        slot.expectPayload();
        topic.waitingGets().add(slot);
        pump(topic);
        topics.observer().cameBack(topic);
    }

    /// Passes on what waits for nodes that have room for more. Costs as much as is passed on, however much waits.
    public void pumpIntoRoom() {
        if (!waiting.isEmpty()) {
            peers.all().forEach(this::up);
        }
    }

    /// Other requests can be passed on. Of those that were under way on an earlier channel each has ended by itself.
    @Override
    public void up(Peer peer) {
        LinkedHashSet<ServedTopic> waitForIt = waitingFor.get(peer.nodeId());
        if (waitForIt == null) {
            return;
        }
        // Those that wait again by the end of this are behind the others.
        int left = waitForIt.size();
        while (left > 0 && !waitForIt.isEmpty() && peer.takesMore()) {
            left--;
            pump(waitForIt.getFirst());
        }
    }

    /// Tries again where a leader did not take requests, and refuses what came back and can't go again in time.
    @Override
    public void tick() {
        live.reports().forEach(this::giveUpOnStalled);
        for (int left = Math.min(waiting.size(), MAX_PER_TICK); left > 0 && !waiting.isEmpty(); left--) {
            ServedTopic topic = waiting.firstEntry().getKey();
            topic.forwarded().takeOverdue(this::isOverdue).forEach(slot -> slot.refuse(Refusals.notLed(topic)));
            topic.forwarded().forgive(now.ns(), Timing.REFUSAL_BELIEVED_NS);
            pump(topic);
        }
    }

    /// A stalled node goes on to speak. Requests that it was asked for hold up all behind them.
    private void giveUpOnStalled(NodeReport report) {
        Peer peer = report.health().isFit() ? null : peers.find(report.nodeId());
        if (peer != null) {
            peer.unfit();
        }
    }

    private void sendPut(Peer leader, ServedTopic topic, long segment, Slot slot) {
        ByteBuffer payload = slot.held();
        long number = topic.forwarded().sent(segment);
        leader.ask(
                id -> new PeerMessage.Put(id, topic.topicId(), segment, timeLeftMs(slot), payload),
                new AskedLeader(topic, segment, number, slot, true),
                payload.remaining(),
                slot.waitingSinceNs() + timeoutNs + Timing.FORWARD_GRACE_NS);
    }

    /// @param bytes for which there is room here: the leader does not hand out an entry that is longer
    private void sendGet(Peer leader, ServedTopic topic, long segment, int bytes, Slot slot) {
        slot.reserve(bytes);
        long number = topic.forwarded().sent(segment);
        int course = topic.forwarded().course();
        leader.ask(
                id -> new PeerMessage.Get(id, topic.topicId(), segment, timeLeftMs(slot), bytes, course),
                new AskedLeader(topic, segment, number, slot, false),
                0,
                slot.waitingSinceNs() + timeoutNs + Timing.FORWARD_GRACE_NS);
    }

    private boolean isOverdue(Slot slot) {
        return now.ns() - slot.waitingSinceNs() > timeoutNs;
    }

    private int timeLeftMs(Slot slot) {
        long left = slot.waitingSinceNs() + timeoutNs - now.ns();
        return Math.clamp(TimeUnit.NANOSECONDS.toMillis(left), 0, Integer.MAX_VALUE);
    }

    /// An answer was dealt with: what came back takes its place again, and what waited may go.
    private void ended(ServedTopic topic) {
        Forwarded forwarded = topic.forwarded();
        forwarded.ended();
        forwarded.takeBack(topic.waitingPuts(), topic.waitingGets());
        pump(topic);
        topics.observer().cameBack(topic);
    }

    private static void answer(Slot slot, Answer answer) {
        switch (answer) {
            case PeerMessage.Done _ -> slot.ok();
            case PeerMessage.Payload(long _, ByteBuffer payload) -> slot.payload(payload);
            case PeerMessage.Json(long _, String body) -> slot.json(body);
            case PeerMessage.Empty _ -> slot.empty();
            case PeerMessage.Failed(long _, String error) -> slot.error(error);
            case PeerMessage.Stale _,
                    PeerMessage.Longer _,
                    PeerMessage.Block _,
                    PeerMessage.Fenced _,
                    PeerMessage.Measured _,
                    PeerMessage.Held _ -> slot.error(ErrorTexts.outcomeUnknown("another node answered something else"));
        }
        slot.wake();
    }

    /// A PUT or a GET.
    private final class AskedLeader implements PendingAnswer {
        private final ServedTopic topic;
        private final long segment;
        private final long number;
        private final Slot slot;
        private final boolean isPut;

        AskedLeader(ServedTopic topic, long segment, long number, Slot slot, boolean isPut) {
            this.topic = topic;
            this.segment = segment;
            this.number = number;
            this.slot = slot;
            this.isPut = isPut;
        }

        @Override
        public void answered(Answer answer) {
            if (isPut) {
                if (answer instanceof PeerMessage.Stale) {
                    topic.forwarded().putReturned(number, slot, segment, now.ns());
                } else {
                    Forwarding.answer(slot, answer);
                }
            } else {
                getAnswered(answer);
            }
            ended(topic);
        }

        private void getAnswered(Answer answer) {
            if (answer instanceof PeerMessage.Stale) {
                waitsAgain();
                topic.forwarded().getReturned(number, slot, segment, now.ns());
            } else if (answer instanceof PeerMessage.Longer longer) {
                waitsAgain();
                topic.forwarded().getPutOff(number, slot, longer.bytes());
            } else {
                if (answer instanceof PeerMessage.Payload handedOut) {
                    topic.forwarded().handedOut(handedOut.payload().remaining());
                }
                Forwarding.answer(slot, answer);
            }
        }

        /// What was reserved for the entry is free again.
        private void waitsAgain() {
            slot.letGo();
            slot.expectPayload();
        }

        /// Once the topic has another leader, what waits for it waits for the end of this.
        @Override
        public boolean isOvertaken() {
            return topic.open().number() > segment;
        }

        @Override
        public void lost(String reason) {
            slot.refuse(ErrorTexts.outcomeUnknown(
                    (isPut ? "the entry may have been stored: " : "an entry may have been handed out: ") + reason));
            ended(topic);
        }
    }
}
