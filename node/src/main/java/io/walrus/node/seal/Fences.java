package io.walrus.node.seal;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.SegmentFate;
import io.walrus.node.cursor.SharedCursor;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.route.SegmentKey;
import io.walrus.node.route.Segments;
import io.walrus.storage.Cursor;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.StorageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The fences of this node's copies. A copy behind a fence takes nothing from its leader ever again, and a leader
/// appends nothing to its own.
///
/// A fence is an attribute of the copy's stream, and so in the journal behind all that was taken before: once it is
/// durable, the length of the copy is, too, and a restart finds both. Guarded by the node's lock.
public final class Fences {
    /// The attribute that a fenced stream has.
    public static final String ATTRIBUTE = "fence";

    private static final Logger LOG = LoggerFactory.getLogger(Fences.class);
    private static final byte[] SET = {1};

    /// Copies that were fenced, and who wants to know their lengths once that is durable.
    private record Asked(List<LogStream> copies, long group, Consumer<List<CopyLength>> answer) {}

    private final LogEngine engine;
    private final Segments segments;
    private final UUID diskId;
    private final Consumer<SegmentKey> fenced;
    private final Set<LogStream> pending = new HashSet<>();
    private List<Asked> asked = new ArrayList<>();
    private ClusterState state = ClusterState.EMPTY;
    private volatile boolean waiting;

    /// Makes it.
    ///
    /// @param fenced is told of each segment whose copy here was fenced
    public Fences(LogEngine engine, Segments segments, UUID diskId, Consumer<SegmentKey> fenced) {
        this.engine = engine;
        this.segments = segments;
        this.diskId = diskId;
        this.fenced = fenced;
    }

    /// Takes note of the metadata, which says which segments are open.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Whether a copy takes nothing from its leader any more.
    public boolean isFenced(LogStream copy) {
        return pending.contains(copy) || hasFence(copy);
    }

    private static boolean hasFence(LogStream copy) {
        byte[] fence = copy.attribute(ATTRIBUTE);
        return fence != null && fence.length > 0;
    }

    /// Fences copies, and says how long they are once that is durable. Those that are not open any more, or can't be
    /// fenced, are left out.
    ///
    /// @param disk the one that is asked: another one knows nothing of what was on it
    public void fence(UUID disk, List<SegmentKey> keys, Consumer<List<CopyLength>> answer) {
        List<LogStream> copies = new ArrayList<>();
        long group = -1;
        if (disk.equals(diskId)) {
            for (SegmentKey key : keys) {
                group = Math.max(group, fence(key, copies));
            }
        }
        asked.add(new Asked(copies, group, answer));
        waiting = true;
        committed();
    }

    private long fence(SegmentKey key, List<LogStream> copies) {
        SegmentFate fate = state.fate(key.topicId(), key.segment());
        if (fate == SegmentFate.SEALED || fate == SegmentFate.GONE) {
            return -1;
        }
        try {
            LogStream copy = segments.findOrCreate(key);
            if (copy == null) {
                return -1;
            }
            long group = hasFence(copy) ? copy.createdGroup() : engine.setAttribute(copy, ATTRIBUTE, SET);
            if (group >= 0) {
                pending.add(copy);
                fenced.accept(key);
            }
            if (group >= 0 || hasFence(copy)) {
                copies.add(copy);
            }
            return group;
        } catch (StorageException e) {
            LOG.warn("segment {} can't be fenced: {}", key, e.getMessage());
            return -1;
        }
    }

    /// Whether an answer waits for a commit. May be asked without the lock.
    public boolean isWaiting() {
        return waiting;
    }

    /// The log has committed more.
    public void committed() {
        if (asked.isEmpty()) {
            return;
        }
        long committed = engine.committedGroup();
        List<Asked> all = asked;
        asked = new ArrayList<>();
        for (Asked one : all) {
            // Another sealer may be making a copy longer.
            boolean isSettled = one.group <= committed
                    && one.copies.stream().allMatch(copy -> copy.committedRecords() == copy.records());
            if (isSettled) {
                pending.removeAll(one.copies);
                one.answer.accept(one.copies.stream().map(Fences::length).toList());
            } else {
                asked.add(one);
            }
        }
        waiting = !asked.isEmpty();
    }

    private static CopyLength length(LogStream copy) {
        Cursor cursor = copy.cursor(SharedCursor.NAME);
        return new CopyLength(
                SegmentKey.decode(copy.key()),
                copy.records(),
                copy.entries(),
                copy.bytes(),
                cursor == null ? null : new CursorPosition(cursor.segment(), cursor.offset()));
    }
}
