package io.walrus.node.seal;

import io.walrus.node.membership.Successors;
import io.walrus.node.part.Interval;
import io.walrus.node.part.Part;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.TopicSweep;
import io.walrus.node.topic.TopicTable;

/// When a segment that this node leads is to be sealed: once it is full, and as soon as another node would serve the
/// topic better, because this one's disk is full or what it stored is damaged. Guarded by the node's lock.
public final class SealReasons implements Part {
    private final Rollover rollover;
    private final Successors successors;
    private final DamagedCopies damaged;
    private final TopicSweep sweep;
    private final Interval looks;
    private final long maxSegmentEntries;

    /// @param looks how often full segments are looked for
    public SealReasons(
            Rollover rollover,
            Successors successors,
            DamagedCopies damaged,
            TopicTable topics,
            Interval looks,
            long maxSegmentEntries) {
        this.rollover = rollover;
        this.successors = successors;
        this.damaged = damaged;
        this.sweep = new TopicSweep(topics);
        this.looks = looks;
        this.maxSegmentEntries = maxSegmentEntries;
    }

    @Override
    public void tick() {
        if (looks.takeDue() || successors.isFullAndReplaceable() || !damaged.isEmpty()) {
            sweep.begin();
        }
        sweep.goOn(this::look);
    }

    private void look(ServedTopic topic) {
        ifFull(topic);
        ifDamaged(topic);
        if (topic.isLeading() && successors.isFullAndReplaceable()) {
            rollover.begin(topic);
        }
    }

    /// Has a segment sealed that has as many entries as it may, or that this node leads though it is about to stop.
    public void ifFull(ServedTopic topic) {
        if (topic.isLeading() && (topic.stream().entries() >= maxSegmentEntries || successors.isLeaving())) {
            rollover.begin(topic);
        }
    }

    /// Has a segment sealed of which this node can't read all any more: then it is read from the followers.
    private void ifDamaged(ServedTopic topic) {
        if (topic.isLeading() && topic.open().replicas().size() > 1 && damaged.contains(topic.stream())) {
            rollover.begin(topic);
        }
    }
}
