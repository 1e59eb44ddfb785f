package io.walrus.testkit.cluster;

import io.walrus.node.peer.SegmentKey;
import io.walrus.node.replicate.Fences;
import io.walrus.storage.engine.LogStream;
import io.walrus.testkit.cluster.ClusterObserver.CopyPlace;
import io.walrus.testkit.cluster.ClusterObserver.CopyState;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What each node has stored of each segment when it was last looked at, and what has become different since.
final class CopyWatch {
    private record Copy(long nodeId, SegmentKey segment, CopyPlace place) implements Comparable<Copy> {
        private static final Comparator<Copy> ORDER = Comparator.comparingLong(Copy::nodeId)
                .thenComparingLong(copy -> copy.segment.topicId())
                .thenComparingLong(copy -> copy.segment.segment())
                .thenComparing(Copy::place);

        @Override
        public int compareTo(Copy other) {
            return ORDER.compare(this, other);
        }
    }

    private final ClusterObserver observer;
    private final Map<Copy, CopyState> known = new TreeMap<>();

    CopyWatch(ClusterObserver observer) {
        this.observer = observer;
    }

    /// Tells of what is different on a node.
    void look(long nodeId, Iterable<LogStream> streams) {
        Map<Copy, CopyState> now = new TreeMap<>();
        for (LogStream stream : streams) {
            byte[] fence = stream.attribute(Fences.ATTRIBUTE);
            CopyPlace place = SegmentKey.isSecond(stream.key()) ? CopyPlace.SECOND : CopyPlace.FIRST;
            now.put(
                    new Copy(nodeId, SegmentKey.decode(stream.key()), place),
                    new CopyState(stream.durableRecords(), fence != null && fence.length > 0));
        }
        Set<Copy> gone = new HashSet<>(known.keySet());
        gone.removeIf(copy -> copy.nodeId != nodeId || now.containsKey(copy));
        gone.stream().sorted().forEach(copy -> tell(copy, CopyState.NONE));
        known.keySet().removeAll(gone);
        now.forEach((copy, state) -> {
            tell(copy, state);
            known.put(copy, state);
        });
    }

    /// The node has another disk.
    void forget(long nodeId) {
        known.keySet().removeIf(copy -> copy.nodeId == nodeId);
    }

    /// What was last seen of a copy.
    CopyState state(long nodeId, SegmentKey segment, CopyPlace place) {
        return known.getOrDefault(new Copy(nodeId, segment, place), CopyState.NONE);
    }

    private void tell(Copy copy, CopyState now) {
        CopyState before = known.getOrDefault(copy, CopyState.NONE);
        if (!before.equals(now)) {
            observer.stored(copy.nodeId, copy.segment, copy.place, before, now);
        }
    }
}
