package io.walrus.node.topic;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.peer.SegmentKey;
import io.walrus.storage.engine.LogStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A segment that this node leads or led: its own copy, and how far the followers are.
///
/// A record is committed when it is durable here and on enough followers to make a majority of the replicas. It is
/// replied to, and read, no sooner. Guarded by the node's lock, but for [#committedRecords] and [#fate].
public final class LedSegment {
    private static final Logger LOG = LoggerFactory.getLogger(LedSegment.class);

    /// What became of a record that was appended.
    public enum Fate {
        PENDING,
        COMMITTED,
        /// The segment was sealed without it.
        NOT_STORED,
        /// It may be committed yet, or was, but nobody waits for that any longer.
        UNKNOWN
    }

    private record Mark(long records, long atNs) {}

    /// What is known now that the segment is not open any more.
    ///
    /// @param committed how many records are on a majority of the replicas for sure
    /// @param sealed how many the segment was sealed with; all others are not stored
    private record End(long committed, long sealed) {}

    private final SegmentKey key;
    private final LogStream stream;
    private final Progress[] followers;
    private final int acksNeeded;
    /// The sequences of cursor records that may not be committed yet, and how many are.
    private final Deque<Long> cursors = new ArrayDeque<>();

    private long committedCursors;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private boolean changed;
    /// What was committed when that was last looked at, and since when nothing more is though something waits.
    private long committedBefore;

    private long waitsSinceNs;

    private volatile @Nullable End end;
    private volatile long givenUpBelow;

    /// Begins to lead a segment.
    ///
    /// @param stream this node's copy
    public LedSegment(SegmentKey key, OpenSegment open, LogStream stream, Replica self) {
        this.key = key;
        this.stream = stream;
        List<Progress> others = new ArrayList<>();
        for (Replica replica : open.replicas()) {
            if (!replica.equals(self)) {
                others.add(new Progress(this, replica.nodeId()));
            }
        }
        this.followers = others.toArray(Progress[]::new);
        this.committedCursors = stream.records() - stream.entries();
        this.acksNeeded = open.replicas().size() / 2;
    }

    public SegmentKey key() {
        return key;
    }

    /// This node's copy.
    public LogStream stream() {
        return stream;
    }

    public Progress[] followers() {
        return followers;
    }

    /// Records durable on a majority of the replicas. Never less than it was. From any thread.
    public long committedRecords() {
        long own = stream.durableRecords();
        return acksNeeded == 0 ? own : Math.min(own, followed());
    }

    /// The greatest count that enough followers have reached.
    private long followed() {
        long reached = 0;
        for (Progress candidate : followers) {
            long records = candidate.durable();
            if (records > reached) {
                int acks = 0;
                for (Progress follower : followers) {
                    acks += follower.durable() >= records ? 1 : 0;
                }
                reached = acks >= acksNeeded ? records : reached;
            }
        }
        return reached;
    }

    /// Entries among the committed records.
    public long committedEntries() {
        long committed = committedRecords();
        while (!cursors.isEmpty() && cursors.element() < committed) {
            cursors.remove();
            committedCursors++;
        }
        return committed - committedCursors;
    }

    /// Whether all that was appended is committed.
    public boolean isAllCommitted() {
        return committedRecords() >= stream.records();
    }

    /// Whether the disks of so many followers are full that nothing more can be committed for now.
    public boolean lacksRoom() {
        int withRoom = 0;
        for (Progress follower : followers) {
            withRoom += follower.isFull() ? 0 : 1;
        }
        return withRoom < acksNeeded;
    }

    /// Takes note of a cursor record. All others of a segment are entries.
    public void cursorAppended(long sequence) {
        cursors.add(sequence);
    }

    /// Notes that there is something new for the followers.
    ///
    /// @return whether there was nothing new before
    public boolean change() {
        boolean first = !changed;
        changed = true;
        return first;
    }

    public void changesSent() {
        changed = false;
    }

    /// Whether a majority of the replicas took this node for the leader at some moment since `sinceNs`.
    public boolean isConfirmedSince(long sinceNs) {
        int confirmations = 0;
        for (Progress follower : followers) {
            confirmations += follower.isConfirmedSince(sinceNs) ? 1 : 0;
        }
        return confirmations >= acksNeeded;
    }

    /// What became of a record. From any thread.
    public Fate fate(long sequence) {
        End over = end;
        if (over != null) {
            if (sequence < over.committed) {
                return Fate.COMMITTED;
            }
            return sequence < over.sealed ? Fate.UNKNOWN : Fate.NOT_STORED;
        }
        if (committedRecords() > sequence) {
            return Fate.COMMITTED;
        }
        return sequence < givenUpBelow ? Fate.UNKNOWN : Fate.PENDING;
    }

    /// The segment is not the open one any more. It was sealed by half of its replicas or more, which are a majority
    /// unless their number is even.
    ///
    /// @param sealed what it was sealed as, or null if it left the chain
    public void ended(@Nullable SealedSegment sealed) {
        long committed = committedRecords();
        if (sealed == null) {
            end = new End(committed, Long.MAX_VALUE);
            return;
        }
        if (committed > sealed.records()) {
            // Nothing else seals a segment below what was committed: see SealCommands.
            LOG.error(
                    "segment {} was sealed with {} records, and this node had acknowledged {}: with SEAL an operator"
                            + " has given up the others",
                    key,
                    sealed.records(),
                    committed);
        }
        boolean isSealOnMajority = followers.length % 2 == 0;
        long kept = Math.min(committed, sealed.records());
        end = new End(isSealOnMajority ? sealed.records() : kept, sealed.records());
    }

    public boolean isOver() {
        return end != null;
    }

    /// Begins to watch whether what is appended becomes committed.
    public void watch(long nowNs) {
        committedBefore = committedRecords();
        waitsSinceNs = nowNs;
    }

    /// For how long nothing more has become committed though something waits for that, in nanoseconds.
    public long waitingNs(long nowNs) {
        long committed = committedRecords();
        if (committed > committedBefore || committed >= stream.records()) {
            watch(nowNs);
        }
        return nowNs - waitsSinceNs;
    }

    /// Gives up waiting for what has not been committed for `timeoutNs`: it may be or not.
    public void giveUp(long nowNs, long timeoutNs) {
        while (!marks.isEmpty() && nowNs - marks.element().atNs > timeoutNs) {
            givenUpBelow = marks.remove().records;
        }
        long records = stream.records();
        if (records > committedRecords() && (marks.isEmpty() || marks.getLast().records < records)) {
            marks.add(new Mark(records, nowNs));
        }
    }
}
