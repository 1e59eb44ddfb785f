package io.walrus.node.append;

import io.walrus.node.route.Refusals;
import io.walrus.node.route.ServedTopic;
import io.walrus.node.session.Slot;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.Deque;

/// Appends entries to the open segments this node leads. Guarded by the node's lock.
public final class Puts {
    private final LogEngine engine;
    private long accepted;

    public Puts(LogEngine engine) {
        this.engine = engine;
    }

    /// Entries appended since the start.
    public long accepted() {
        return accepted;
    }

    /// Appends an entry, or lets it wait until the topic's next segment is open.
    ///
    /// @return false if the log has no room at the moment, and nothing happened
    public boolean put(ServedTopic topic, ByteBuffer payload, Slot slot, long nowMs, long nowNs) {
        if (topic.isLeading() && topic.waitingPuts().isEmpty()) {
            return append(topic, payload, slot, nowMs);
        }
        slot.waitingSince(nowNs);
        byte[] copy = new byte[payload.remaining()];
        payload.get(copy);
        slot.hold(ByteBuffer.wrap(copy));
        topic.waitingPuts().add(slot);
        return true;
    }

    /// Appends what has been waiting, as far as the open segment takes it.
    ///
    /// @param limit entries after which the segment is full
    public void appendWaiting(ServedTopic topic, long limit, long nowMs) {
        Deque<Slot> waiting = topic.waitingPuts();
        while (!waiting.isEmpty() && topic.isLeading() && topic.stream().entries() < limit) {
            Slot slot = waiting.element();
            if (!append(topic, slot.held().duplicate(), slot, nowMs)) {
                return;
            }
            waiting.remove();
            slot.session().wake();
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

    private boolean append(ServedTopic topic, ByteBuffer payload, Slot slot, long nowMs) {
        LogStream stream = topic.stream();
        try {
            long sequence = stream.records();
            if (engine.append(stream, payload, nowMs) < 0) {
                return false;
            }
            accepted++;
            slot.okOnceCommitted(stream, sequence);
        } catch (StorageException e) {
            slot.error(Refusals.text(e));
        }
        return true;
    }
}
