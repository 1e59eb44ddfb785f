package io.walrus.metadata;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/// How many segments there are, by where they are stored. Each change of the metadata keeps the counts up to date: of
/// segments there may be too many to go through, of replica sets there are few. Immutable and persistent.
///
/// @param open open segments by their leader and replica set
/// @param sealed sealed segments by their replica set
public record SegmentCounts(HashPMap<Led, Long> open, HashPMap<List<Replica>, Long> sealed) {
    static final SegmentCounts NONE = new SegmentCounts(HashTreePMap.empty(), HashTreePMap.empty());

    /// Where an open segment is.
    public record Led(long leader, List<Replica> replicas) {
        private static Led of(OpenSegment segment) {
            return new Led(segment.leader(), segment.replicas());
        }
    }

    /// Counts all segments of these topics.
    static SegmentCounts of(Iterable<Topic> topics) {
        Map<Led, Long> open = new HashMap<>();
        Map<List<Replica>, Long> sealed = new HashMap<>();
        for (Topic topic : topics) {
            open.merge(Led.of(topic.open()), 1L, Long::sum);
            topic.sealed().values().forEach(segment -> sealed.merge(segment.replicas(), 1L, Long::sum));
        }
        return new SegmentCounts(HashTreePMap.from(open), HashTreePMap.from(sealed));
    }

    SegmentCounts plusOpen(OpenSegment segment) {
        return new SegmentCounts(counted(open, Led.of(segment), 1), sealed);
    }

    SegmentCounts minusOpen(OpenSegment segment) {
        return new SegmentCounts(counted(open, Led.of(segment), -1), sealed);
    }

    SegmentCounts plusSealed(List<Replica> replicas) {
        return new SegmentCounts(open, counted(sealed, replicas, 1));
    }

    SegmentCounts minusSealed(List<Replica> replicas) {
        return new SegmentCounts(open, counted(sealed, replicas, -1));
    }

    private static <K> HashPMap<K, Long> counted(HashPMap<K, Long> counts, K key, long step) {
        long count = counts.getOrDefault(key, 0L) + step;
        return count == 0 ? counts.minus(key) : counts.plus(key, count);
    }

    /// How many segments have a replica on a node, on whichever disk.
    public long replicasOn(long nodeId) {
        return openIf(replicas -> isAmong(nodeId, replicas)) + sealedIf(replicas -> isAmong(nodeId, replicas));
    }

    private static boolean isAmong(long nodeId, List<Replica> replicas) {
        return replicas.stream().anyMatch(replica -> replica.nodeId() == nodeId);
    }

    /// How many open segments a node leads.
    public long ledBy(long nodeId) {
        return open.entrySet().stream()
                .filter(each -> each.getKey().leader() == nodeId)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /// How many open segments have a replica set of this kind.
    public long openIf(Predicate<List<Replica>> kind) {
        return open.entrySet().stream()
                .filter(each -> kind.test(each.getKey().replicas()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /// How many sealed segments have a replica set of this kind.
    public long sealedIf(Predicate<List<Replica>> kind) {
        return sealed.entrySet().stream()
                .filter(each -> kind.test(each.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
