package io.walrus.node.rollover;

import io.walrus.node.lease.Membership;
import io.walrus.node.route.ServedTopic;

/// When a segment that this node leads is to be sealed: once it is full, and as soon as another would serve the topic
/// better. Guarded by the node's lock.
public final class SealReasons {
    private final Rollover rollover;
    private final Membership membership;
    private final long maxSegmentEntries;

    public SealReasons(Rollover rollover, Membership membership, long maxSegmentEntries) {
        this.rollover = rollover;
        this.membership = membership;
        this.maxSegmentEntries = maxSegmentEntries;
    }

    /// Has a segment sealed that has as many entries as it may, or that this node leads though it is about to stop.
    public void ifFull(ServedTopic topic) {
        if (topic.isLeading() && (topic.stream().entries() >= maxSegmentEntries || membership.isLeaving())) {
            rollover.begin(topic);
        }
    }

    /// Has another node lead the topic if this one's disk is full, and the other's is not.
    public void ifDiskFull(ServedTopic topic) {
        if (topic.isLeading() && membership.shouldGiveWay()) {
            rollover.begin(topic);
        }
    }
}
