package io.walrus.node.request;

import io.walrus.node.membership.Lease;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.topic.Refusals;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import java.nio.ByteBuffer;
import java.util.Deque;

/// Appends entries to the open segments this node leads. Guarded by the node's lock.
public final class Puts {
    private final LogEngine engine;
    private final Lease lease;
    private final ReplicaSender replication;
    private long accepted;

    public Puts(LogEngine engine, Lease lease, ReplicaSender replication) {
        this.engine = engine;
        this.lease = lease;
        this.replication = replication;
    }

    /// Entries appended since the start.
    public long accepted() {
        return accepted;
    }

    /// Appends an entry, or lets it wait until the topic's open segment takes it.
    ///
    /// @param sinceNs when the request began
    /// @return false if the log has no room at the moment, and nothing happened
    public boolean put(ServedTopic topic, ByteBuffer payload, Slot slot, long nowMs, long nowNs, long sinceNs) {
        if (takesEntries(topic, nowNs) && topic.waitingPuts().isEmpty()) {
            return append(topic, payload, slot, nowMs);
        }
        slot.waitingSince(sinceNs);
        enqueue(topic, payload, slot);
        return true;
    }

    /// Lets an entry wait, with a copy of its bytes, until it can be appended or passed on.
    public static void enqueue(ServedTopic topic, ByteBuffer payload, Slot slot) {
        byte[] copy = new byte[payload.remaining()];
        payload.get(copy);
        slot.hold(ByteBuffer.wrap(copy));
        topic.waitingPuts().add(slot);
    }

    /// Appends what has been waiting, as far as the open segment takes it.
    ///
    /// @param limit entries after which the segment is full
    public void appendWaiting(ServedTopic topic, long limit, long nowMs, long nowNs) {
        Deque<Slot> waiting = topic.waitingPuts();
        while (!waiting.isEmpty()
                && takesEntries(topic, nowNs)
                && topic.stream().entries() < limit) {
            Slot slot = waiting.element();
            if (!append(topic, slot.held().duplicate(), slot, nowMs)) {
                return;
            }
            waiting.remove();
            slot.wake();
        }
    }

    /// Refuses what has been waiting for longer than `timeoutNs`; nothing of it was stored.
    public void expire(ServedTopic topic, long nowNs, long timeoutNs) {
        Deque<Slot> waiting = topic.waitingPuts();
        while (!waiting.isEmpty() && nowNs - waiting.element().waitingSinceNs() > timeoutNs) {
            Slot slot = waiting.remove();
            slot.refuse(Refusals.notLed(topic));
        }
    }

    /// Refuses all that has been waiting; nothing of it was stored.
    public void refuseWaiting(ServedTopic topic, String error) {
        for (Slot slot : topic.waitingPuts()) {
            slot.refuse(error);
        }
        topic.waitingPuts().clear();
    }

    /// What went to the leader before this one and may come back was asked earlier, so it goes first.
    private boolean takesEntries(ServedTopic topic, long nowNs) {
        return topic.isLeading() && lease.holds(nowNs) && !topic.forwarded().isUnderWay();
    }

    private boolean append(ServedTopic topic, ByteBuffer payload, Slot slot, long nowMs) {
        LogStream stream = topic.stream();
        if (topic.led().lacksRoom()) {
            slot.error(ErrorTexts.diskFull("too many of the nodes that store segment "
                    + topic.open().number() + " of topic " + topic.name() + " have full disks"));
            return true;
        }
        try {
            long sequence = stream.records();
            if (engine.append(stream, payload, nowMs) < 0) {
                return false;
            }
            accepted++;
            slot.okOnceCommitted(topic.led(), sequence);
            replication.changed(topic.led());
        } catch (StorageException e) {
            slot.error(Refusals.text(e));
        }
        return true;
    }
}
