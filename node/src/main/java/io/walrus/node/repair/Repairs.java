package io.walrus.node.repair;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.HeldSegment;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings this node's copies of sealed segments to what they are to be: those it is listed for to their length, those
/// it should have besides made from others' and put on the list once they are whole, and others deleted. Guarded by
/// the node's lock.
///
/// Nothing of it is remembered: what is to be done is seen from the metadata and from what is stored.
public final class Repairs {
    /// What is to be done about a copy.
    private enum Task {
        NOTHING,
        /// It is shorter than the segment, or not there.
        COPY,
        /// It is longer than the segment.
        CUT,
        /// Some of it can't be read: another one is to be made, and to take its place.
        REPLACE,
        /// It is whole, and to be put on the list.
        JOIN,
        /// It is not needed, but what was proposed earlier, and nobody knows of, may yet put it on the list.
        REVOKE,
        DELETE
    }

    /// A copy that is to be looked at.
    ///
    /// @param bytes to be copied
    private record Job(long atNs, long bytes) {}

    private static final Logger LOG = LoggerFactory.getLogger(Repairs.class);
    private static final int MAX_AT_A_TIME = 16;
    private static final int MAX_STEPS = 64;
    private static final long AGAIN_NS = 500_000_000L;
    private static final long STALLED_NS = 3_000_000_000L;

    private final LogEngine engine;
    private final Segments segments;
    private final Transfers pulls;
    private final MoveProposals proposals;
    private final DamagedCopies damaged;
    private final SealRules rules;
    private final Replica self;
    private final int replicationFactor;
    /// Jobs in the order in which they are due. Copies that this node is listed for come before others.
    private final LinkedHashMap<SegmentKey, Job> waiting = new LinkedHashMap<>();

    private final Map<SegmentKey, Job> copying = new HashMap<>();
    /// Damaged copies for which the other nodes did not give all that is needed, and when they are asked again.
    private final LinkedHashMap<SegmentKey, Job> stalled = new LinkedHashMap<>();
    private ClusterState state = ClusterState.EMPTY;
    private boolean current;
    private long nowNs;
    private long segmentsCopied;
    private long bytesCopied;

    public Repairs(
            LogEngine engine,
            Segments segments,
            Transfers pulls,
            MoveProposals proposals,
            DamagedCopies damaged,
            SealRules rules,
            Replica self,
            int replicationFactor) {
        this.engine = engine;
        this.segments = segments;
        this.pulls = pulls;
        this.proposals = proposals;
        this.damaged = damaged;
        this.rules = rules;
        this.self = self;
        this.replicationFactor = replicationFactor;
        pulls.limit(this::bound);
    }

    /// What time it is. Told whenever the lock was taken.
    public void at(long now) {
        nowNs = now;
    }

    /// Takes note of the metadata, which says how long sealed segments are, and where copies are to be.
    ///
    /// @param isCurrent whether it has all that was decided before this node started; until then no copy is deleted
    public void follow(ClusterState applied, boolean isCurrent) {
        state = applied;
        current = isCurrent;
    }

    /// What there is to copy, and what was copied since the start.
    public CopyFigures figures(int underReplicated) {
        long toCopy = 0;
        long bytes = 0;
        for (Map<SegmentKey, Job> jobs : List.of(waiting, copying, stalled)) {
            for (Job job : jobs.values()) {
                toCopy += job.bytes > 0 ? 1 : 0;
                bytes += job.bytes;
            }
        }
        return new CopyFigures(underReplicated, toCopy, bytes, segmentsCopied, bytesCopied, damaged.count());
    }

    /// Looks at this node's copy of a segment.
    void look(SegmentKey key, SealedSegment sealed) {
        proposals.moved(key, sealed.moves());
        Task task = task(key, sealed);
        if (task == Task.NOTHING || copying.containsKey(key) || waiting.containsKey(key)) {
            return;
        }
        stalled.remove(key);
        if (sealed.replicas().contains(self)) {
            waiting.putFirst(key, job(sealed, task, nowNs));
        } else {
            waiting.put(key, job(sealed, task, nowNs));
        }
    }

    private static Job job(SealedSegment sealed, Task task, long atNs) {
        boolean isCopied = task == Task.COPY || task == Task.REPLACE;
        return new Job(atNs, isCopied ? Math.max(1, sealed.bytes()) : 0);
    }

    private Task task(SegmentKey key, SealedSegment sealed) {
        LogStream copy = segments.find(key.topicId(), key.segment());
        boolean isListed = sealed.replicas().contains(self);
        if (!isListed && !isWanted(sealed)) {
            if (copy == null || !current) {
                return Task.NOTHING;
            }
            return proposals.isPromised(key, sealed.moves()) ? Task.REVOKE : Task.DELETE;
        }
        if (copy != null && damaged.contains(copy)) {
            return damaged.isElsewhereToo(sealed) ? Task.REPLACE : Task.NOTHING;
        }
        long records = copy == null ? 0 : copy.records();
        if (records == sealed.records()) {
            return isListed ? Task.NOTHING : Task.JOIN;
        }
        return records < sealed.records() ? Task.COPY : Task.CUT;
    }

    private boolean isWanted(SealedSegment sealed) {
        return current && Placement.forSealed(state, sealed, replicationFactor).contains(self);
    }

    /// How long this node's copy of a sealed segment may get, 0 if it is to have none.
    private long bound(SealedSegment sealed) {
        return sealed.replicas().contains(self) || isWanted(sealed) ? sealed.records() : 0;
    }

    /// Those of these segments of which this node has all for good, and which it is listed for as was asked. It keeps
    /// them until it is told that their copies have moved since.
    ///
    /// @param disk the one that is asked: another one knows nothing of what was on it
    public List<SegmentKey> held(UUID disk, List<HeldSegment> asked) {
        List<SegmentKey> held = new ArrayList<>();
        for (HeldSegment one : disk.equals(self.diskId()) ? asked : List.<HeldSegment>of()) {
            SegmentKey key = one.segment();
            SealedSegment sealed = sealed(key);
            LogStream copy = segments.find(key.topicId(), key.segment());
            if (sealed != null
                    && copy != null
                    && !damaged.contains(copy)
                    && sealed.moves() == one.moves()
                    && sealed.replicas().contains(self)
                    && copy.durableRecords() >= sealed.records()) {
                held.add(key);
            }
        }
        return held;
    }

    private @Nullable SealedSegment sealed(SegmentKey key) {
        Topic topic = state.topic(key.topicId());
        return topic == null ? null : topic.sealed().get(key.segment());
    }

    /// Goes on with what is due. Called at the end of every hold of the lock.
    public void flush() {
        lookAtDamaged();
        for (int step = 0; step < MAX_STEPS && !waiting.isEmpty() && copying.size() < MAX_AT_A_TIME; step++) {
            Map.Entry<SegmentKey, Job> first = waiting.entrySet().iterator().next();
            if (nowNs - first.getValue().atNs < 0) {
                return;
            }
            SegmentKey key = first.getKey();
            waiting.remove(key);
            SealedSegment sealed = sealed(key);
            if (sealed != null) {
                go(key, sealed);
            }
        }
    }

    /// Looks at copies that were found damaged of late, and again at those that could not be made anew.
    private void lookAtDamaged() {
        if (stalled.isEmpty() && !damaged.hasFound()) {
            return;
        }
        List<SegmentKey> due = damaged.takeFound();
        for (Map.Entry<SegmentKey, Job> one : stalled.entrySet()) {
            if (nowNs - one.getValue().atNs < 0) {
                break;
            }
            due.add(one.getKey());
        }
        for (SegmentKey key : due) {
            stalled.remove(key);
            SealedSegment sealed = sealed(key);
            if (sealed != null) {
                look(key, sealed);
            }
        }
    }

    private void go(SegmentKey key, SealedSegment sealed) {
        Task task = task(key, sealed);
        LogStream copy = segments.find(key.topicId(), key.segment());
        switch (task) {
            case NOTHING -> {}
            case COPY -> copy(key, sealed);
            case REPLACE -> {
                if (copy != null) {
                    replace(key, copy, sealed);
                }
            }
            case CUT -> {
                if (copy != null) {
                    cut(key, copy, sealed.records());
                }
                waiting.put(key, job(sealed, task, nowNs + AGAIN_NS));
            }
            case JOIN -> {
                if (copy != null && copy.durableRecords() >= sealed.records()) {
                    join(key, sealed);
                }
                waiting.put(key, job(sealed, task, nowNs + AGAIN_NS));
            }
            case REVOKE -> {
                propose(key, sealed, sealed.replicas());
                waiting.put(key, job(sealed, task, nowNs + AGAIN_NS));
            }
            case DELETE -> {
                if (!segments.copies(key).reversed().stream().allMatch(segments::drop)) {
                    waiting.put(key, job(sealed, task, nowNs + AGAIN_NS));
                }
            }
        }
    }

    private void copy(SegmentKey key, SealedSegment sealed) {
        if (!rules.joinsWhenWhole() && !sealed.replicas().contains(self)) {
            join(key, sealed);
        }
        Job job = job(sealed, Task.COPY, nowNs);
        copying.put(key, job);
        pulls.copy(key, sealed.records(), others(key, sealed), isDone -> {
            copied(key, job, isDone);
            if (!isDone) {
                waiting.put(key, new Job(nowNs + AGAIN_NS, job.bytes));
            }
        });
    }

    private List<Long> others(SegmentKey key, SealedSegment sealed) {
        List<Long> others = new ArrayList<>();
        for (Replica replica : sealed.replicas()) {
            if (replica.nodeId() != self.nodeId()) {
                others.add(replica.nodeId());
            }
        }
        Collections.rotate(others, key.hashCode());
        return others;
    }

    private void copied(SegmentKey key, Job job, boolean isDone) {
        copying.remove(key);
        segmentsCopied += isDone ? 1 : 0;
        bytesCopied += isDone ? job.bytes : 0;
        SealedSegment now = sealed(key);
        if (isDone && now != null) {
            go(key, now);
        }
    }

    /// Makes another copy beside the damaged one, which goes only when that is whole: until then it still has, for this
    /// node and for others, what it has.
    private void replace(SegmentKey key, LogStream copy, SealedSegment sealed) {
        LogStream made = segments.replacement(key);
        boolean isReplaced = made != null && made.durableRecords() >= sealed.records();
        if (isReplaced || !rules.keepsDamagedUntilReplaced()) {
            if (segments.drop(copy)) {
                damaged.replaced(key);
                look(key, sealed);
            } else {
                waiting.put(key, job(sealed, Task.REPLACE, nowNs + AGAIN_NS));
            }
            return;
        }
        long before = made == null ? 0 : made.records();
        Job job = job(sealed, Task.REPLACE, nowNs);
        copying.put(key, job);
        // What no other gives may be in a part of the damaged one that can be read.
        List<Long> sources = others(key, sealed);
        sources.add(self.nodeId());
        pulls.replace(key, sealed.records(), sources, isDone -> {
            copied(key, job, isDone);
            LogStream now = segments.replacement(key);
            if (!isDone && now != null && now.records() > before) {
                // What comes next may be where it was not found before.
                waiting.put(key, new Job(nowNs + AGAIN_NS, job.bytes));
            } else if (!isDone) {
                stalled.put(key, new Job(nowNs + STALLED_NS, job.bytes));
                damaged.stays(copy);
            }
        });
    }

    /// Puts this node's copy on the list, in the place of one on an earlier disk of it.
    private void join(SegmentKey key, SealedSegment sealed) {
        List<Replica> replicas = new ArrayList<>(sealed.replicas());
        replicas.removeIf(replica -> replica.nodeId() == self.nodeId());
        replicas.add(self);
        propose(key, sealed, replicas);
    }

    private void propose(SegmentKey key, SealedSegment sealed, List<Replica> replicas) {
        proposals.propose(key, new SetReplicas(key.topicId(), key.segment(), sealed.moves(), replicas));
    }

    private void cut(SegmentKey key, LogStream copy, long records) {
        try {
            long _ = engine.truncate(copy, records);
        } catch (StorageException e) {
            boolean _ = damaged.failed(copy, e);
            LOG.warn("segment {} can't be cut to its {} records: {}", key, records, e.getMessage());
        }
    }
}
