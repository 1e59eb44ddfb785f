package io.walrus.node.seal;

import io.walrus.node.membership.Heartbeats;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.topic.ServedTopic;

/// When a segment that this node leads is to be sealed: once it is full, and as soon as another would serve the topic
/// better. Guarded by the node's lock.
public final class SealReasons {
    private final Rollover rollover;
    private final Heartbeats membership;
    private final DamagedCopies damaged;
    private final long maxSegmentEntries;

    public SealReasons(Rollover rollover, Heartbeats membership, DamagedCopies damaged, long maxSegmentEntries) {
        this.rollover = rollover;
        this.membership = membership;
        this.damaged = damaged;
        this.maxSegmentEntries = maxSegmentEntries;
    }

    /// Has a segment sealed that has as many entries as it may, or that this node leads though it is about to stop.
    public void ifFull(ServedTopic topic) {
        if (topic.isLeading() && (topic.stream().entries() >= maxSegmentEntries || membership.isLeaving())) {
            rollover.begin(topic);
        }
    }

    /// Has a segment sealed of which this node can't read all any more: then it is read from the followers.
    public void ifDamaged(ServedTopic topic) {
        if (topic.isLeading() && topic.open().replicas().size() > 1 && damaged.contains(topic.stream())) {
            rollover.begin(topic);
        }
    }

    /// Has another node lead the topic if this one's disk is full, and the other's is not.
    public void ifDiskFull(ServedTopic topic) {
        if (topic.isLeading() && membership.isFullAndReplaceable()) {
            rollover.begin(topic);
        }
    }
}
