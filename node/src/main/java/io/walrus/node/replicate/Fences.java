package io.walrus.node.replicate;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.SegmentFate;
import io.walrus.metadata.Topic;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Part;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.Segments;
import io.walrus.node.topic.TopicTable;
import io.walrus.storage.engine.Cursor;
import io.walrus.storage.engine.EngineStatus;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The fences of this node's copies. A copy behind a fence takes nothing from its leader ever again, and a leader
/// appends nothing to its own.
///
/// A fence is an attribute of the copy's stream, and so in the journal behind all that was taken before: once it is
/// durable, the length of the copy is, too, and a restart finds both. Guarded by the node's lock.
public final class Fences implements Part, MetadataFollower {
    /// The attribute that a fenced stream has.
    public static final String ATTRIBUTE = "fence";

    private static final Logger LOG = LoggerFactory.getLogger(Fences.class);
    private static final int MAX_AT_A_TIME = 1_000;
    private static final byte SURE = 1;
    /// The copy may lack what was acknowledged last: it says how long it is, but does not vouch for that.
    private static final byte IN_DOUBT = 2;

    /// Copies that were fenced, and who wants to know their lengths once that is durable.
    private record Request(List<LogStream> copies, long group, Consumer<List<CopyLength>> answer) {}

    private final LogEngine engine;
    private final Segments segments;
    private final MetadataView view;
    private final TopicTable topics;
    private final Set<LogStream> pending = new HashSet<>();
    private List<Request> requests = new ArrayList<>();
    /// Whether any copy may lack what was acknowledged last, as it isn't known yet which were open.
    private boolean inDoubt;
    /// Segments that were open when this run became known, if it began in doubt, and still are.
    private final Set<SegmentKey> doubtful = new HashSet<>();

    /// Those of them whose copies are yet to be fenced.
    private final LinkedHashSet<SegmentKey> unfenced = new LinkedHashSet<>();

    private @Nullable Runnable onSettled;
    private long lastFence = -1;
    private volatile boolean waiting;

    /// @param topics are told of each segment whose copy here was fenced
    /// @param inDoubt whether copies may lack what was acknowledged last
    public Fences(LogEngine engine, Segments segments, MetadataView view, TopicTable topics, boolean inDoubt) {
        this.engine = engine;
        this.segments = segments;
        this.view = view;
        this.topics = topics;
        this.inDoubt = inDoubt;
    }

    /// Has something run, with the node's lock held, once all copies that are in doubt are fenced as such for good.
    public void whenSettled(Runnable settled) {
        onSettled = settled;
    }

    /// In doubt, the copies of the segments that are open when this run becomes known are fenced: their leaders turn to
    /// others, and a sealer hears that they are in doubt.
    @Override
    public void follow(ClusterState before) {
        ClusterState state = view.state();
        if (inDoubt && view.isCurrent()) {
            inDoubt = false;
            for (Topic topic : state.topics().values()) {
                if (topic.open().replicas().contains(view.self())) {
                    doubtful.add(new SegmentKey(topic.topicId(), topic.open().number()));
                }
            }
            unfenced.addAll(doubtful);
        }
        settle();
    }

    /// A segment that was open is sealed: nobody asks for its fence any more.
    @Override
    public void extended(Topic topic, long fromSegment) {
        if (!doubtful.isEmpty()) {
            over(new SegmentKey(topic.topicId(), fromSegment));
        }
    }

    private void over(SegmentKey key) {
        if (view.state().fate(key.topicId(), key.segment()) != SegmentFate.OPEN) {
            doubtful.remove(key);
            unfenced.remove(key);
        }
    }

    /// All segments may be others.
    @Override
    public void restored() {
        List.copyOf(doubtful).forEach(this::over);
    }

    /// Fences the copies in doubt, as far as the log has room, and as many as the lock may be held for.
    private void settle() {
        for (int left = Math.min(unfenced.size(), MAX_AT_A_TIME); left > 0; left--) {
            SegmentKey key = unfenced.removeFirst();
            unfenced.add(key);
            fence(key, new ArrayList<>());
        }
        Runnable settled = onSettled;
        if (settled != null && !inDoubt && unfenced.isEmpty() && lastFence <= engine.durableGroup()) {
            onSettled = null;
            settled.run();
        }
    }

    /// Whether a copy takes nothing from its leader any more.
    public boolean isFenced(LogStream copy) {
        return pending.contains(copy)
                || hasFence(copy)
                || (!unfenced.isEmpty() && unfenced.contains(SegmentKey.decode(copy.key())));
    }

    /// The same of this node's copy of a segment; not if it has none.
    public boolean isFenced(SegmentKey key) {
        LogStream copy = segments.find(key.topicId(), key.segment());
        return copy != null && isFenced(copy);
    }

    private static boolean hasFence(LogStream copy) {
        byte[] fence = copy.attribute(ATTRIBUTE);
        return fence != null && fence.length > 0;
    }

    /// Fences copies, and says how long they are once that is durable. Those that are not open any more, or can't be
    /// fenced, are left out. All are, once this node's log has failed: what it takes for durable may not be.
    ///
    /// @param disk the one that is asked: another one knows nothing of what was on it
    public void fence(UUID disk, List<SegmentKey> keys, Consumer<List<CopyLength>> answer) {
        List<LogStream> copies = new ArrayList<>();
        long group = -1;
        if (disk.equals(view.self().diskId()) && !hasFailed()) {
            for (SegmentKey key : keys) {
                group = Math.max(group, fence(key, copies));
            }
        }
        requests.add(new Request(copies, group, answer));
        waiting = true;
        committed();
    }

    /// How long a copy of an open segment is at the moment; null if it can't be told. It may get longer.
    ///
    /// @param disk the one that is asked
    public @Nullable CopyLength measure(UUID disk, SegmentKey key) {
        SegmentFate fate = view.state().fate(key.topicId(), key.segment());
        boolean isOver = fate == SegmentFate.SEALED || fate == SegmentFate.GONE;
        if (isOver || hasFailed() || !disk.equals(view.self().diskId())) {
            return null;
        }
        LogStream copy = segments.find(key.topicId(), key.segment());
        boolean isSure = !inDoubt && !doubtful.contains(key);
        return copy == null
                ? new CopyLength(key, 0, 0, 0, isSure, null)
                : length(copy, hasFence(copy) ? isVouchedFor(copy) : isSure);
    }

    private long fence(SegmentKey key, List<LogStream> copies) {
        SegmentFate fate = view.state().fate(key.topicId(), key.segment());
        if (fate == SegmentFate.SEALED || fate == SegmentFate.GONE) {
            over(key);
            return -1;
        }
        try {
            LogStream copy = segments.findOrCreate(key);
            if (copy == null) {
                return -1;
            }
            byte[] value = {inDoubt || doubtful.contains(key) ? IN_DOUBT : SURE};
            long group = hasFence(copy) ? copy.createdGroup() : engine.setAttribute(copy, ATTRIBUTE, value);
            if (group >= 0) {
                pending.add(copy);
                topics.fenced(key);
            }
            lastFence = Math.max(lastFence, group);
            if (group >= 0 || hasFence(copy)) {
                unfenced.remove(key);
                copies.add(copy);
            }
            return group;
        } catch (StorageException e) {
            LOG.warn("segment {} can't be fenced: {}", key, e.getMessage());
            return -1;
        }
    }

    /// Goes on with what the log had no room for.
    @Override
    public void tick() {
        committed();
    }

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    @Override
    public void committed() {
        settle();
        if (requests.isEmpty()) {
            return;
        }
        if (hasFailed()) {
            requests.forEach(one -> one.answer.accept(List.of()));
            requests.clear();
            waiting = false;
            return;
        }
        long durable = engine.durableGroup();
        List<Request> all = requests;
        requests = new ArrayList<>();
        for (Request one : all) {
            // Another sealer may be making a copy longer.
            boolean isSettled = one.group <= durable
                    && one.copies.stream().allMatch(copy -> copy.durableRecords() == copy.records());
            if (isSettled) {
                pending.removeAll(one.copies);
                one.answer.accept(one.copies.stream()
                        .map(copy -> length(copy, isVouchedFor(copy)))
                        .toList());
            } else {
                requests.add(one);
            }
        }
        waiting = !requests.isEmpty();
    }

    private static boolean isVouchedFor(LogStream copy) {
        byte[] fence = copy.attribute(ATTRIBUTE);
        return fence == null || fence.length == 0 || fence[0] != IN_DOUBT;
    }

    private boolean hasFailed() {
        return engine.state() == EngineStatus.State.READ_ONLY;
    }

    private static CopyLength length(LogStream copy, boolean vouched) {
        Cursor cursor = copy.cursor(CursorPosition.SHARED);
        return new CopyLength(
                SegmentKey.decode(copy.key()),
                copy.records(),
                copy.entries(),
                copy.bytes(),
                vouched,
                cursor == null ? null : new CursorPosition(cursor.segment(), cursor.offset()));
    }
}
