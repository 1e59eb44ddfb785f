package io.walrus.node.request;

import io.walrus.node.membership.Lease;
import io.walrus.node.part.Now;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.topic.Refusals;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import java.nio.ByteBuffer;
import java.util.Deque;

/// Appends entries to the open segments this node leads, and keeps those that have to wait. Guarded by the node's lock.
public final class Puts {
    private final LogEngine engine;
    private final Lease lease;
    private final ReplicaSender sender;
    private final TopicTable topics;
    private final Now now;
    private final long maxSegmentEntries;
    private long accepted;

    /// @param topics are told of what was appended
    /// @param maxSegmentEntries entries after which a segment is full
    public Puts(
            LogEngine engine, Lease lease, ReplicaSender sender, TopicTable topics, Now now, long maxSegmentEntries) {
        this.engine = engine;
        this.lease = lease;
        this.sender = sender;
        this.topics = topics;
        this.now = now;
        this.maxSegmentEntries = maxSegmentEntries;
    }

    /// The error of a log that has failed.
    String readOnly() {
        return ErrorTexts.readOnly(engine.status().reason());
    }

    /// Entries appended since the start.
    long accepted() {
        return accepted;
    }

    /// Appends an entry, or lets it wait until the topic's open segment takes it.
    ///
    /// @param sinceNs when the request began
    /// @return false if the log has no room at the moment, and nothing happened
    boolean put(ServedTopic topic, ByteBuffer payload, Slot slot, long sinceNs) {
        if (!takesEntries(topic) || !topic.waitingPuts().isEmpty()) {
            enqueue(topic, payload, slot, sinceNs);
            return true;
        }
        if (!append(topic, payload, slot)) {
            return false;
        }
        topics.observer().appended(topic);
        return true;
    }

    /// Lets an entry wait, with a copy of its bytes, until it can be appended or passed on.
    ///
    /// @param sinceNs when the request began
    void enqueue(ServedTopic topic, ByteBuffer payload, Slot slot, long sinceNs) {
        byte[] copy = new byte[payload.remaining()];
        payload.get(copy);
        slot.waitingSince(sinceNs);
        slot.hold(ByteBuffer.wrap(copy));
        topic.waitingPuts().add(slot);
    }

    /// Appends what has been waiting, as far as the open segment takes it.
    void appendWaiting(ServedTopic topic) {
        Deque<Slot> waiting = topic.waitingPuts();
        while (!waiting.isEmpty() && takesEntries(topic) && topic.stream().entries() < maxSegmentEntries) {
            Slot slot = waiting.element();
            if (!append(topic, slot.held().duplicate(), slot)) {
                return;
            }
            waiting.remove();
            slot.wake();
        }
    }

    /// Refuses what has been waiting for longer than `timeoutNs`; nothing of it was stored.
    void expire(ServedTopic topic, long timeoutNs) {
        Deque<Slot> waiting = topic.waitingPuts();
        while (!waiting.isEmpty() && now.ns() - waiting.element().waitingSinceNs() > timeoutNs) {
            Slot slot = waiting.remove();
            slot.refuse(Refusals.notLed(topic));
        }
    }

    /// Refuses all that has been waiting; nothing of it was stored.
    void refuseWaiting(ServedTopic topic, String error) {
        for (Slot slot : topic.waitingPuts()) {
            slot.refuse(error);
        }
        topic.waitingPuts().clear();
    }

    /// What went to the leader before this one and may come back was asked earlier, so it goes first.
    private boolean takesEntries(ServedTopic topic) {
        return topic.isLeading() && lease.holds() && !topic.forwarded().isUnderWay();
    }

    private boolean append(ServedTopic topic, ByteBuffer payload, Slot slot) {
        LogStream stream = topic.stream();
        if (topic.led().lacksRoom()) {
            slot.error(ErrorTexts.diskFull("too many of the nodes that store segment "
                    + topic.open().number() + " of topic " + topic.name() + " have full disks"));
            return true;
        }
        String fault = sender.sizeFault(topic.led(), payload.remaining());
        if (fault != null) {
            slot.error(fault);
            return true;
        }
        try {
            long sequence = stream.records();
            if (engine.append(stream, payload, now.ms()) < 0) {
                return false;
            }
            accepted++;
            slot.okOnceCommitted(topic.led(), sequence);
            sender.changed(topic.led());
        } catch (StorageException e) {
            slot.error(Refusals.text(e));
        }
        return true;
    }
}
