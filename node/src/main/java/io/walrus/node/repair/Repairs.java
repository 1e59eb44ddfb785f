package io.walrus.node.repair;

import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.config.Timing;
import io.walrus.node.part.FlushedPart;
import io.walrus.node.part.Now;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.repair.RepairJobs.Job;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.LogStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Brings this node's copies of sealed segments to what they are to be: those it is listed for to their length, those
/// it should have besides made from others' and put on the list once they are whole, and others deleted. Guarded by
/// the node's lock.
///
/// Nothing of it is remembered: what is to be done is seen from the metadata and from what is stored.
public final class Repairs implements FlushedPart {
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

    private static final int MAX_AT_A_TIME = 16;
    private static final int MAX_STEPS = 64;

    private final Segments segments;
    private final DamagedCopies damaged;
    private final CopyPlacement placement;
    private final Transfers transfers;
    private final MoveProposals proposals;
    private final SealRules rules;
    private final Now now;
    /// Jobs in the order in which they are due. Copies that this node is listed for come before others.
    private final RepairJobs waiting = new RepairJobs();

    private final RepairJobs underWay = new RepairJobs();
    /// Damaged copies for which the other nodes did not give all that is needed, and when they are asked again.
    private final RepairJobs stalled = new RepairJobs();
    private long segmentsCopied;
    private long bytesCopied;

    public Repairs(
            Segments segments,
            DamagedCopies damaged,
            CopyPlacement placement,
            Transfers transfers,
            MoveProposals proposals,
            SealRules rules,
            Now now) {
        this.segments = segments;
        this.damaged = damaged;
        this.placement = placement;
        this.transfers = transfers;
        this.proposals = proposals;
        this.rules = rules;
        this.now = now;
    }

    /// What there is to copy, and what was copied since the start.
    public CopyFigures figures(long underReplicated) {
        long toCopy = 0;
        long bytes = 0;
        for (RepairJobs jobs : List.of(waiting, underWay, stalled)) {
            toCopy += jobs.segmentsToCopy();
            bytes += jobs.bytesToCopy();
        }
        return new CopyFigures(underReplicated, toCopy, bytes, segmentsCopied, bytesCopied, damaged.count());
    }

    /// Looks at this node's copy of a segment.
    void look(SegmentKey key, SealedSegment sealed) {
        proposals.moved(key, sealed.moves());
        Task task = task(key, sealed);
        if (task == Task.NOTHING || underWay.contains(key) || waiting.contains(key)) {
            return;
        }
        stalled.remove(key);
        if (placement.isListed(sealed)) {
            waiting.putFirst(key, job(sealed, task, now.ns()));
        } else {
            waiting.put(key, job(sealed, task, now.ns()));
        }
    }

    private static Job job(SealedSegment sealed, Task task, long atNs) {
        boolean isCopied = task == Task.COPY || task == Task.REPLACE;
        return new Job(atNs, isCopied ? Math.max(1, sealed.bytes()) : 0);
    }

    private Task task(SegmentKey key, SealedSegment sealed) {
        LogStream copy = segments.find(key.topicId(), key.segment());
        boolean isListed = placement.isListed(sealed);
        if (!isListed && !placement.isWanted(sealed)) {
            if (copy == null || !placement.isCurrent()) {
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

    /// Goes on with what is due.
    @Override
    public void flush() {
        lookAtDamaged();
        for (int step = 0; step < MAX_STEPS && !waiting.isEmpty() && underWay.size() < MAX_AT_A_TIME; step++) {
            Map.Entry<SegmentKey, Job> first = waiting.inOrder().iterator().next();
            if (now.ns() - first.getValue().atNs() < 0) {
                return;
            }
            SegmentKey key = first.getKey();
            waiting.remove(key);
            SealedSegment sealed = placement.sealed(key);
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
        for (Map.Entry<SegmentKey, Job> one : stalled.inOrder()) {
            if (now.ns() - one.getValue().atNs() < 0) {
                break;
            }
            due.add(one.getKey());
        }
        for (SegmentKey key : due) {
            stalled.remove(key);
            SealedSegment sealed = placement.sealed(key);
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
                    cut(key, copy, sealed);
                }
            }
            case JOIN -> {
                if (copy != null && copy.durableRecords() >= sealed.records()) {
                    join(key, sealed);
                }
                waiting.put(key, job(sealed, task, now.ns() + Timing.REPAIR_AGAIN_NS));
            }
            case REVOKE -> {
                propose(key, sealed, sealed.replicas());
                waiting.put(key, job(sealed, task, now.ns() + Timing.REPAIR_AGAIN_NS));
            }
            case DELETE -> {
                if (!segments.copies(key).reversed().stream().allMatch(segments::drop)) {
                    waiting.put(key, job(sealed, task, now.ns() + Timing.REPAIR_AGAIN_NS));
                }
            }
        }
    }

    private void cut(SegmentKey key, LogStream copy, SealedSegment sealed) {
        underWay.put(key, job(sealed, Task.CUT, now.ns()));
        segments.truncate(copy, sealed.records(), () -> {
            underWay.remove(key);
            waiting.put(key, job(sealed, Task.CUT, now.ns() + Timing.REPAIR_AGAIN_NS));
        });
    }

    private void copy(SegmentKey key, SealedSegment sealed) {
        if (!rules.joinsWhenWhole() && !placement.isListed(sealed)) {
            join(key, sealed);
        }
        Job job = job(sealed, Task.COPY, now.ns());
        underWay.put(key, job);
        transfers.copy(key, sealed.records(), others(key, sealed), isDone -> {
            copied(key, job, isDone);
            if (!isDone) {
                waiting.put(key, new Job(now.ns() + Timing.REPAIR_AGAIN_NS, job.bytes()));
            }
        });
    }

    private List<Long> others(SegmentKey key, SealedSegment sealed) {
        List<Long> others = new ArrayList<>();
        for (Replica replica : sealed.replicas()) {
            if (replica.nodeId() != placement.self().nodeId()) {
                others.add(replica.nodeId());
            }
        }
        Collections.rotate(others, key.hashCode());
        return others;
    }

    private void copied(SegmentKey key, Job job, boolean isDone) {
        underWay.remove(key);
        segmentsCopied += isDone ? 1 : 0;
        bytesCopied += isDone ? job.bytes() : 0;
        SealedSegment stillSealed = placement.sealed(key);
        if (isDone && stillSealed != null) {
            go(key, stillSealed);
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
                waiting.put(key, job(sealed, Task.REPLACE, now.ns() + Timing.REPAIR_AGAIN_NS));
            }
            return;
        }
        long before = made == null ? 0 : made.records();
        Job job = job(sealed, Task.REPLACE, now.ns());
        underWay.put(key, job);
        // What no other gives may be in a part of the damaged one that can be read.
        List<Long> sources = others(key, sealed);
        sources.add(placement.self().nodeId());
        transfers.replace(key, sealed.records(), sources, isDone -> {
            copied(key, job, isDone);
            LogStream begun = segments.replacement(key);
            if (!isDone && begun != null && begun.records() > before) {
                // What comes next may be where it was not found before.
                waiting.put(key, new Job(now.ns() + Timing.REPAIR_AGAIN_NS, job.bytes()));
            } else if (!isDone) {
                stalled.put(key, new Job(now.ns() + Timing.REPAIR_STALLED_NS, job.bytes()));
                damaged.stays(copy);
            }
        });
    }

    /// Puts this node's copy on the list, in the place of one on an earlier disk of it.
    private void join(SegmentKey key, SealedSegment sealed) {
        List<Replica> replicas = new ArrayList<>(sealed.replicas());
        replicas.removeIf(replica -> replica.nodeId() == placement.self().nodeId());
        replicas.add(placement.self());
        propose(key, sealed, replicas);
    }

    private void propose(SegmentKey key, SealedSegment sealed, List<Replica> replicas) {
        proposals.propose(key, new SetReplicas(key.topicId(), key.segment(), sealed.moves(), replicas));
    }
}
