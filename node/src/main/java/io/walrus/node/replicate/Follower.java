package io.walrus.node.replicate;

import io.walrus.node.topic.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/// A node that follows segments this one leads: what is to be sent to it, and what is under way. Guarded by the node's
/// lock.
final class Follower {
    private static final int MAX_UNDER_WAY_BYTES = 4 << 20;

    /// One that the follower stores while the next is on its way. What comes meanwhile goes into the one after: the
    /// more there is to do, the more is done at once.
    private static final int MAX_UNDER_WAY = 2;

    /// Records of one segment, sent in one piece.
    record Run(Progress progress, int epoch) {}

    /// What the follower answers at once.
    record Batch(long number, List<Run> runs, int bytes, long sentNs) {}

    private final long nodeId;
    private final SequencedSet<Progress> waiting = new LinkedHashSet<>();
    private final Deque<Batch> underWay = new ArrayDeque<>();
    private List<Run> open = new ArrayList<>();
    private int openBytes;
    private int underWayBytes;
    private long nextBatch = 1;

    Follower(long nodeId) {
        this.nodeId = nodeId;
    }

    long nodeId() {
        return nodeId;
    }

    /// There is something to send of this segment.
    void add(Progress progress) {
        waiting.add(progress);
    }

    boolean takesMore() {
        return underWayBytes + openBytes < MAX_UNDER_WAY_BYTES && underWay.size() < MAX_UNDER_WAY;
    }

    @Nullable
    Progress next() {
        return waiting.isEmpty() ? null : waiting.removeFirst();
    }

    void sent(Progress progress, int bytes) {
        open.add(new Run(progress, progress.epoch()));
        openBytes += bytes;
    }

    boolean hasOpenBatch() {
        return !open.isEmpty();
    }

    /// Closes the batch that was being sent.
    ///
    /// @return its number
    long endBatch(long nowNs) {
        Batch batch = new Batch(nextBatch++, open, openBytes, nowNs);
        underWay.add(batch);
        underWayBytes += openBytes;
        open = new ArrayList<>();
        openBytes = 0;
        return batch.number;
    }

    /// The follower has answered a batch, in the order in which they were sent.
    ///
    /// @return the batch, or null if none of that number is next
    @Nullable
    Batch answered(long number) {
        if (underWay.isEmpty() || underWay.element().number != number) {
            return null;
        }
        Batch batch = underWay.remove();
        underWayBytes -= batch.bytes;
        return batch;
    }

    /// Nothing of what is under way will be answered.
    void reset() {
        underWay.clear();
        underWayBytes = 0;
        open.clear();
        openBytes = 0;
        waiting.clear();
    }
}
