package io.walrus.node.request;

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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Requests that other nodes have passed on to this one as the leader of their topics. Guarded by the node's lock.
///
/// Each is carried out only if the segment it expects is the open one and led here. What expects a segment that is no
/// longer open is returned; what expects one this node has not heard of yet waits for the metadata.
public final class RemoteRequests {
    /// Carries requests out; the node.
    public interface Leader {
        void put(ServedTopic topic, PeerMessage.Put put, Slot slot, long sinceNs);

        void get(ServedTopic topic, Slot slot, long sinceNs);
    }

    private enum Place {
        HERE,
        EARLY,
        STALE
    }

    private record Early(ReplyTo from, PeerMessage.ForLeader request, long untilNs) {}

    private static final String TOO_EARLY =
            ErrorTexts.notReady("the node that shall lead the topic has not heard of it in time");

    private final TopicTable topics;
    private final Leader leader;
    private final long timeoutNs;
    private final Map<LedSegment, Deque<Slot>> awaitingCommit = new LinkedHashMap<>();
    private List<Early> early = new ArrayList<>();
    private @Nullable String logFailure;
    private volatile boolean waiting;

    /// Makes it.
    ///
    /// @param timeoutNs how long a request may take altogether
    public RemoteRequests(TopicTable topics, Leader leader, long timeoutNs) {
        this.topics = topics;
        this.leader = leader;
        this.timeoutNs = timeoutNs;
    }

    /// Another node asks.
    public void asked(ReplyTo from, PeerMessage.ForLeader request, long nowNs) {
        ServedTopic topic = topics.find(request.topicId());
        if (topic == null) {
            enqueue(from, request, nowNs);
            return;
        }
        // A segment that is about to be sealed takes no entries, but its seal takes the cursor along.
        boolean isTakenAlong = request instanceof PeerMessage.Get
                && topic.phase() == ServedTopic.Phase.FENCED
                && request.segment() == topic.open().number();
        switch (isTakenAlong ? Place.HERE : place(topic, request.segment())) {
            case HERE -> carryOut(from, request, topic, since(request.timeoutMs(), nowNs));
            case EARLY -> enqueue(from, request, nowNs);
            case STALE -> from.answer(new PeerMessage.Stale(request.id()));
        }
    }

    private void carryOut(ReplyTo from, PeerMessage.ForLeader request, ServedTopic topic, long sinceNs) {
        RemoteRequest remote = new RemoteRequest(this, from, request.id(), request.segment());
        Slot slot = Slot.openFor(remote);
        switch (request) {
            case PeerMessage.Put put -> leader.put(topic, put, slot, sinceNs);
            case PeerMessage.Get _ -> leader.get(topic, slot, sinceNs);
        }
        reply(slot, remote);
    }

    private void enqueue(ReplyTo from, PeerMessage.ForLeader request, long nowNs) {
        early.add(new Early(from, request, nowNs + TimeUnit.MILLISECONDS.toNanos(request.timeoutMs())));
    }

    /// The topic's open segment is another one, or this node doesn't lead it any more: returns what expected it here.
    public void returnStale(ServedTopic topic) {
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

    /// Looks again at what came before the metadata that goes with it.
    public void metadataChanged(long nowNs) {
        if (early.isEmpty()) {
            return;
        }
        List<Early> waited = early;
        early = new ArrayList<>();
        for (Early arrived : waited) {
            asked(arrived.from, arrived.request, nowNs);
        }
    }

    /// Gives up on what waits for the metadata too long. That is final: what came later may have been carried out.
    public void tick(long nowNs) {
        for (Iterator<Early> all = early.iterator(); all.hasNext(); ) {
            Early late = all.next();
            if (nowNs - late.untilNs > 0) {
                late.from.answer(new PeerMessage.Failed(late.request.id(), TOO_EARLY));
                all.remove();
            }
        }
    }

    /// Whether a reply waits for a commit. May be asked without the lock.
    public boolean isWaiting() {
        return waiting;
    }

    /// The log has committed more, or will not any more.
    ///
    /// @param failure why nothing more will be committed, or null
    public void committed(@Nullable String failure) {
        logFailure = failure;
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
        return slot.owner() instanceof RemoteRequest request && slot.deliver(request, logFailure);
    }

    /// A slot's reply waits for a record; those of a stream come in the order of their records.
    void awaitCommit(Slot slot) {
        awaitingCommit.computeIfAbsent(slot.awaits(), _ -> new ArrayDeque<>()).add(slot);
        waiting = true;
    }

    /// Sends a reply that is known. One that waits for a commit is sent when its turn comes.
    void reply(Slot slot, RemoteRequest request) {
        if (slot.isReady()) {
            slot.deliver(request, logFailure);
        }
    }

    /// When the request began, so that it is given up here when it would be given up there.
    private long since(int timeoutMs, long nowNs) {
        return nowNs - Math.max(0, timeoutNs - TimeUnit.MILLISECONDS.toNanos(timeoutMs));
    }

    private static Place place(ServedTopic topic, long segment) {
        long open = topic.open().number();
        if (segment != open) {
            return segment > open ? Place.EARLY : Place.STALE;
        }
        return switch (topic.phase()) {
            case OPENING, LEADING -> Place.HERE;
            case UNLED, ABANDONED, FENCED, SEALING -> Place.STALE;
        };
    }
}
