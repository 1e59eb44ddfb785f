package io.walrus.node.repair;

import io.walrus.node.peer.SegmentKey;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Copies that are to be looked at, in an order, and how much of them is to be copied: that is asked for more often
/// than all of them can be gone through. Guarded by the node's lock.
final class RepairJobs {
    private final LinkedHashMap<SegmentKey, Job> jobs = new LinkedHashMap<>();
    private long segmentsToCopy;
    private long bytesToCopy;

    /// A copy that is to be looked at.
    ///
    /// @param atNs when
    /// @param bytes to be copied
    record Job(long atNs, long bytes) {}

    /// Puts a job last; in its place if there is one of that segment.
    void put(SegmentKey key, Job job) {
        count(jobs.put(key, job), -1);
        count(job, 1);
    }

    void putFirst(SegmentKey key, Job job) {
        count(jobs.putFirst(key, job), -1);
        count(job, 1);
    }

    void remove(SegmentKey key) {
        count(jobs.remove(key), -1);
    }

    private void count(@Nullable Job job, int step) {
        if (job != null) {
            segmentsToCopy += job.bytes > 0 ? step : 0;
            bytesToCopy += step * job.bytes;
        }
    }

    boolean contains(SegmentKey key) {
        return jobs.containsKey(key);
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }

    int size() {
        return jobs.size();
    }

    /// The jobs in order, to be looked at.
    Iterable<Map.Entry<SegmentKey, Job>> inOrder() {
        return Collections.unmodifiableMap(jobs).entrySet();
    }

    long segmentsToCopy() {
        return segmentsToCopy;
    }

    long bytesToCopy() {
        return bytesToCopy;
    }
}
