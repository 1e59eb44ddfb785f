package io.walrus.node.request;

import io.walrus.node.part.LogFailure;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Requests that other nodes have passed on to this one as the leader of their topics. Guarded by the node's lock.
///
/// Each is carried out only if the segment it expects is the open one and led here. What expects a segment that is no
/// longer open is returned; what expects one this node has not heard of yet waits for the metadata.
public final class RemoteRequests implements Part {
    private enum Place {
        HERE,
        EARLY,
        STALE
    }

    private record Course(long nodeId, long topicId) {}

    private record Longer(int course, int bytes) {}

    private record Early(ReplyTo from, PeerMessage.ForLeader request, long untilNs) {}

    private static final String TOO_EARLY =
            ErrorTexts.notReady("the node that shall lead the topic has not heard of it in time");

    private static final String TOO_SLOW =
            ErrorTexts.notReady("the node that leads the topic has too many answers to send to this one");

    private final TopicTable topics;
    private final Puts puts;
    private final SharedCursor cursor;
    private final LogFailure logFailure;
    private final Now now;
    private final long timeoutNs;
    private final Map<LedSegment, Deque<Slot>> awaitingCommit = new LinkedHashMap<>();
    private List<Early> early = new ArrayList<>();
    /// By the node that takes too little of what it is sent, in the order in which they came.
    private final Map<Long, List<Early>> parked = new HashMap<>();

    /// The last course of GETs that is to begin anew.
    private final Map<Course, Longer> refused = new HashMap<>();
    private volatile boolean waiting;

    /// @param timeoutNs how long a request may take altogether
    public RemoteRequests(
            TopicTable topics, Puts puts, SharedCursor cursor, LogFailure logFailure, Now now, long timeoutNs) {
        this.topics = topics;
        this.puts = puts;
        this.cursor = cursor;
        this.logFailure = logFailure;
        this.now = now;
        this.timeoutNs = timeoutNs;
    }

    /// Another node takes this one for the leader.
    public void forLeader(ReplyTo from, PeerMessage.ForLeader request) {
        if (request instanceof PeerMessage.Get get && isPutOff(from, get)) {
            return;
        }
        ServedTopic topic = topics.find(request.topicId());
        if (topic == null) {
            waitForMetadata(from, request);
            return;
        }
        // A segment that is about to be sealed takes no entries, but its seal takes the cursor along.
        boolean isTakenAlong = request instanceof PeerMessage.Get
                && topic.isFenced()
                && request.segment() == topic.open().number();
        switch (isTakenAlong ? Place.HERE : place(topic, request.segment())) {
            case HERE -> carryOut(from, request, topic, since(request.timeoutMs()));
            case EARLY -> waitForMetadata(from, request);
            case STALE -> from.answer(new PeerMessage.Stale(request.id()));
        }
    }

    private void carryOut(ReplyTo from, PeerMessage.ForLeader request, ServedTopic topic, long sinceNs) {
        RemoteRequest remote = new RemoteRequest(this, from, request);
        Slot slot = Slot.openFor(remote);
        switch (request) {
            case PeerMessage.Put put -> {
                if (!puts.put(topic, put.payload(), slot, sinceNs)) {
                    puts.enqueue(topic, put.payload(), slot, sinceNs);
                }
            }
            case PeerMessage.Get _ -> cursor.get(topic, slot, sinceNs);
            case PeerMessage.Skip skip -> {
                if (!cursor.skip(topic, skip.to(), skip.isDryRun(), slot)) {
                    remote.stale();
                    return;
                }
            }
        }
        topics.markPending(topic);
        reply(slot, remote);
    }

    private void waitForMetadata(ReplyTo from, PeerMessage.ForLeader request) {
        early.add(waiting(from, request));
    }

    /// Whether an entry of so many bytes may be handed out to another node: it has room for it, and takes what it is
    /// sent.
    boolean mayAnswer(ReplyTo from, PeerMessage.Get get, int bytes) {
        return bytes <= get.maxBytes()
                && refusal(from, get) == null
                && !parked.containsKey(from.nodeId())
                && from.takesMore();
    }

    private @Nullable Longer refusal(ReplyTo from, PeerMessage.Get get) {
        if (refused.isEmpty()) {
            return null;
        }
        Course key = new Course(from.nodeId(), get.topicId());
        Longer last = refused.get(key);
        if (last == null || last.course == get.course()) {
            return last;
        }
        refused.remove(key);
        return null;
    }

    /// Has a GET begin anew, and all that come behind it: once the other node has room, or takes more.
    void putOff(ReplyTo from, PeerMessage.Get get, int bytes) {
        if (bytes > get.maxBytes()) {
            refused.put(new Course(from.nodeId(), get.topicId()), new Longer(get.course(), bytes));
        }
        if (!isPutOff(from, get)) {
            park(from, get);
        }
    }

    /// Puts off a GET because one before it was.
    private boolean isPutOff(ReplyTo from, PeerMessage.Get get) {
        Longer refusal = refusal(from, get);
        if (refusal != null) {
            from.answer(new PeerMessage.Longer(get.id(), refusal.bytes));
            return true;
        }
        if (parked.containsKey(from.nodeId())) {
            park(from, get);
            return true;
        }
        return false;
    }

    private void park(ReplyTo from, PeerMessage.Get get) {
        parked.computeIfAbsent(from.nodeId(), _ -> new ArrayList<>()).add(waiting(from, get));
    }

    private Early waiting(ReplyTo from, PeerMessage.ForLeader request) {
        return new Early(from, request, now.ns() + TimeUnit.MILLISECONDS.toNanos(request.timeoutMs()));
    }

    /// The topic's open segment is another one, or this node doesn't lead it any more: returns what expected it here.
    void returnStale(ServedTopic topic) {
        topic.waitingPuts().removeIf(slot -> isReturned(topic, slot));
        topic.waitingGets().removeIf(slot -> isReturned(topic, slot));
    }

    private static boolean isReturned(ServedTopic topic, Slot slot) {
        if (slot.owner() instanceof RemoteRequest request && place(topic, request.segment()) == Place.STALE) {
            request.stale();
            return true;
        }
        return false;
    }

    /// Sends the replies that wait for a segment which is over, and looks again at what came before the metadata
    /// that it needs.
    @Override
    public void followed() {
        committed();
        if (early.isEmpty()) {
            return;
        }
        List<Early> waited = early;
        early = new ArrayList<>();
        for (Early arrived : waited) {
            forLeader(arrived.from, arrived.request);
        }
    }

    /// Gives up on what waits for the metadata too long. That is final: what came later may have been carried out.
    @Override
    public void tick() {
        for (Iterator<Early> all = early.iterator(); all.hasNext(); ) {
            Early late = all.next();
            if (now.ns() - late.untilNs > 0) {
                late.from.answer(new PeerMessage.Failed(late.request.id(), TOO_EARLY));
                all.remove();
            }
        }
        resumeParked();
        committed();
    }

    private void resumeParked() {
        for (Long node : List.copyOf(parked.keySet())) {
            List<Early> waited = Objects.requireNonNull(parked.remove(node));
            for (Early one : waited) {
                boolean isParked = parked.containsKey(node);
                if (now.ns() - one.untilNs > 0) {
                    one.from.answer(new PeerMessage.Failed(one.request.id(), TOO_SLOW));
                } else if (isParked || !one.from.takesMore()) {
                    parked.computeIfAbsent(node, _ -> new ArrayList<>()).add(one);
                } else {
                    forLeader(one.from, one.request);
                }
            }
        }
    }

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    /// Sends the replies that are known by now.
    @Override
    public void committed() {
        for (Iterator<Deque<Slot>> all = awaitingCommit.values().iterator(); all.hasNext(); ) {
            Deque<Slot> slots = all.next();
            while (!slots.isEmpty() && isDelivered(slots.element())) {
                slots.remove();
            }
            if (slots.isEmpty()) {
                all.remove();
            }
        }
        waiting = !awaitingCommit.isEmpty();
    }

    private boolean isDelivered(Slot slot) {
        return slot.owner() instanceof RemoteRequest request && slot.deliver(request, logFailure.text());
    }

    /// A slot's reply waits for a record; those of a stream come in the order of their records.
    void awaitCommit(Slot slot) {
        awaitingCommit.computeIfAbsent(slot.awaits(), _ -> new ArrayDeque<>()).add(slot);
        waiting = true;
    }

    /// Sends a reply that is known. One that waits for a commit is sent when its turn comes.
    void reply(Slot slot, RemoteRequest request) {
        if (slot.isReady()) {
            slot.deliver(request, logFailure.text());
        }
    }

    /// When the request began, so that it is given up here when it would be given up there.
    private long since(int timeoutMs) {
        return now.ns() - Math.max(0, timeoutNs - TimeUnit.MILLISECONDS.toNanos(timeoutMs));
    }

    private static Place place(ServedTopic topic, long segment) {
        long open = topic.open().number();
        if (segment != open) {
            return segment > open ? Place.EARLY : Place.STALE;
        }
        return topic.acceptsEntries() ? Place.HERE : Place.STALE;
    }
}
