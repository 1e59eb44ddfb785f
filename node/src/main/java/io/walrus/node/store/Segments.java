package io.walrus.node.store;

import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.SegmentFate;
import io.walrus.metadata.Topic;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Part;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.StreamCut;
import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The segments this node stores, each a stream of the storage engine. Guarded by the node's lock.
public final class Segments implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);
    private static final int MAX_SEEN_AT_A_TIME = 10_000;
    private static final int MAX_DELETED_AT_A_TIME = 1_000;

    private final LogEngine engine;
    private final Entries entries;
    private final DamagedCopies damaged;
    private final MetadataView view;
    private final BackgroundReads background;
    private final NodeLock lock;
    private final Deque<LogStream> toDelete = new ArrayDeque<>();
    /// Those that may have left their chains unseen.
    private Iterator<LogStream> unseen = Collections.emptyIterator();

    /// Copies under the second of their two keys, which hardly any has.
    private final Set<LogStream> seconds = new HashSet<>();

    public Segments(
            LogEngine engine,
            Entries entries,
            DamagedCopies damaged,
            MetadataView view,
            BackgroundReads background,
            NodeLock lock) {
        this.engine = engine;
        this.entries = entries;
        this.damaged = damaged;
        this.view = view;
        this.background = background;
        this.lock = lock;
        for (LogStream stream : engine.streams()) {
            if (SegmentKey.isSecond(stream.key())) {
                seconds.add(stream);
                List<LogStream> copies = copies(SegmentKey.decode(stream.key()));
                if (copies.size() > 1) {
                    damaged.known(copies.getFirst());
                }
            }
        }
    }

    public @Nullable LogStream find(ServedTopic topic, long segment) {
        return find(topic.topicId(), segment);
    }

    public @Nullable LogStream find(long topicId, long segment) {
        return find(new SegmentKey(topicId, segment));
    }

    /// This node's copy of a segment if record `from` of it is durable here, else null.
    public @Nullable LogStream withRecords(SegmentKey key, long from) {
        LogStream copy = find(key);
        return copy == null || copy.durableRecords() <= from ? null : copy;
    }

    /// This node's copy of a segment; while a damaged one is being made anew, that one.
    private @Nullable LogStream find(SegmentKey key) {
        if (seconds.isEmpty()) {
            return engine.stream(key.encode());
        }
        List<LogStream> copies = copies(key);
        return copies.isEmpty() ? null : copies.getFirst();
    }

    /// The copy that is being made in place of the damaged one, or null if there is none.
    public @Nullable LogStream replacement(SegmentKey key) {
        List<LogStream> copies = copies(key);
        return copies.size() < 2 ? null : copies.getLast();
    }

    /// This node's copies of a segment, the older one first.
    public List<LogStream> copies(SegmentKey key) {
        return copies(engine, key);
    }

    /// The same, for whoever looks into a node.
    public static List<LogStream> copies(LogEngine engine, SegmentKey key) {
        LogStream first = engine.stream(key.encode());
        LogStream second = engine.stream(key.encodeSecond());
        if (first == null || second == null) {
            LogStream only = first == null ? second : first;
            return only == null ? List.of() : List.of(only);
        }
        return first.id() < second.id() ? List.of(first, second) : List.of(second, first);
    }

    /// A copy from which a segment's entries can be read.
    ///
    /// @param entries those before this one
    public record Committed(LogStream stream, long entries) {}

    /// This node's copy, if it tells whether there is a committed entry at `offset`, and has it: it leads the open
    /// segment, or has all of a sealed one, or the first entries of a sealed one, that one among them.
    public @Nullable Committed readable(ServedTopic topic, long segment, long offset) {
        if (segment == topic.open().number()) {
            LedSegment led = topic.ledIfAny();
            return led == null ? null : new Committed(led.stream(), led.committedEntries());
        }
        SealedSegment sealed = topic.metadata().sealed().get(segment);
        LogStream stream = find(topic, segment);
        if (sealed == null || stream == null) {
            return null;
        }
        if (stream.durableRecords() >= sealed.records()) {
            return new Committed(stream, sealed.entries());
        }
        long first = stream.durableEntries();
        return offset < first ? new Committed(stream, first) : null;
    }

    /// Whether this node is listed for a sealed segment and has not all of it.
    boolean isShort(ServedTopic topic, long segment) {
        SealedSegment sealed = topic.metadata().sealed().get(segment);
        LogStream stream = find(topic, segment);
        return sealed != null
                && sealed.replicas().contains(view.self())
                && (stream == null || stream.durableRecords() < sealed.records());
    }

    /// Where a segment's entry is read from: here if it is here, wherever the metadata has it if it isn't, or both if
    /// something can't be read here.
    ///
    /// @throws StorageException CORRUPT if the open segment is nowhere but here, and not here either
    public Source source(ServedTopic topic, long segment, long offset) throws StorageException {
        Committed readable = readable(topic, segment, offset);
        if (readable != null) {
            LogStream stream = readable.stream();
            return damaged.isReadAround(stream)
                    ? new Source.Damaged(stream, new Source.Elsewhere(topic.topicId(), segment))
                    : new Source.Stored(stream);
        }
        SealedSegment sealed = topic.metadata().sealed().get(segment);
        List<Replica> replicas = topic.open().replicas();
        if (sealed == null
                && replicas.stream()
                        .allMatch(replica -> replica.nodeId() == view.self().nodeId())) {
            throw new StorageException(
                    StorageException.Category.CORRUPT,
                    "segment " + segment + " of topic " + topic.name() + " is not on this node");
        }
        return new Source.Elsewhere(topic.topicId(), segment);
    }

    /// This node's copy of a segment, an empty one if it had none.
    ///
    /// @return null if the log has no room at the moment
    /// @throws StorageException if it can't be stored
    public @Nullable LogStream findOrCreate(SegmentKey key) throws StorageException {
        LogStream found = find(key);
        return found == null ? create(key.encode()) : found;
    }

    /// The copy that is being made in place of a damaged one, an empty one if that has yet to begin.
    ///
    /// @return null if the log has no room at the moment
    /// @throws StorageException if it can't be stored
    public @Nullable LogStream findOrCreateReplacement(SegmentKey key) throws StorageException {
        LogStream damagedOne = find(key);
        LogStream found = replacement(key);
        if (damagedOne == null || found != null) {
            return found == null ? create(key.encode()) : found;
        }
        boolean isSecond = !SegmentKey.isSecond(damagedOne.key());
        LogStream created = create(isSecond ? key.encodeSecond() : key.encode());
        if (created != null && isSecond) {
            seconds.add(created);
        }
        return created;
    }

    private @Nullable LogStream create(byte[] name) throws StorageException {
        try {
            return engine.createStream(name);
        } catch (StorageException e) {
            if (e.category() == StorageException.Category.NO_ROOM) {
                return null;
            }
            throw e;
        }
    }

    /// Starts this node's copy of the open segment, which it leads.
    ///
    /// @return null if it can't be at the moment
    public @Nullable LogStream open(ServedTopic topic) {
        try {
            return findOrCreate(topic.openKey());
        } catch (StorageException e) {
            LOG.debug(
                    "segment {} of topic {} is not open yet: {}", topic.open().number(), topic.name(), e.getMessage());
            return null;
        }
    }

    /// A read of a copy has failed, which may show that it is damaged.
    public void readFailed(LogStream copy, IOException failure) {
        boolean _ = damaged.failed(copy, failure);
    }

    /// Whether something of a copy could not be read.
    public boolean isDamaged(LogStream copy) {
        return damaged.contains(copy);
    }

    /// Deletes a segment that a committed command took out of its chain.
    public void delete(long topicId, long segment) {
        toDelete.addAll(copies(new SegmentKey(topicId, segment)));
        deletePending();
    }

    /// Deletes what is stored of a topic that a committed command deleted.
    public void deleteAll(Topic topic) {
        for (Long segment : topic.sealed().keySet()) {
            delete(topic.topicId(), segment);
        }
        delete(topic.topicId(), topic.open().number());
    }

    /// Deletes the segments that left their chains while this node was not there to see it. What the metadata has not
    /// heard of stays. It takes several ticks if there are many.
    public void deleteGone() {
        unseen = engine.streams().iterator();
        goOn();
    }

    private void goOn() {
        for (int left = MAX_SEEN_AT_A_TIME; left > 0 && unseen.hasNext(); left--) {
            LogStream stream = unseen.next();
            SegmentKey key = SegmentKey.decode(stream.key());
            if (!stream.isDeleted() && view.state().fate(key.topicId(), key.segment()) == SegmentFate.GONE) {
                toDelete.add(stream);
            }
        }
        deletePending();
    }

    /// Deletes a copy that this node is not to have any more; the segment is on other nodes.
    ///
    /// @return false if it can't be at the moment
    public boolean drop(LogStream copy) {
        try {
            if (engine.delete(copy) < 0) {
                return false;
            }
        } catch (StorageException e) {
            LOG.warn("a copy that is no longer needed could not be deleted: {}", e.getMessage());
            return false;
        }
        forget(copy);
        return true;
    }

    private void forget(LogStream copy) {
        entries.forget(copy);
        damaged.forget(copy);
        seconds.remove(copy);
    }

    /// Cuts a copy that is longer than the segment, soon: what lies before the cut may have to be read from the disk.
    ///
    /// @param records how many it keeps
    /// @param ended runs, with the node's lock held, once the copy is cut, or can't be for now
    public void truncate(LogStream copy, long records, Runnable ended) {
        background.submit(() -> {
            try {
                StreamCut cut = engine.cutAt(copy, records);
                lock.run(() -> {
                    truncate(copy, records, cut);
                    ended.run();
                });
            } catch (IOException e) {
                lock.run(() -> {
                    cannotCut(copy, records, e);
                    ended.run();
                });
            }
        });
    }

    private void truncate(LogStream copy, long records, StreamCut cut) {
        try {
            long _ = engine.truncate(cut);
        } catch (StorageException e) {
            cannotCut(copy, records, e);
        }
    }

    private void cannotCut(LogStream copy, long records, IOException failure) {
        boolean _ = damaged.failed(copy, failure);
        if (!copy.isDeleted()) {
            LOG.warn(
                    "segment {} can't be cut to its {} records: {}",
                    SegmentKey.decode(copy.key()),
                    records,
                    failure.getMessage());
        }
    }

    /// Goes on with deletions.
    @Override
    public void tick() {
        goOn();
    }

    private void deletePending() {
        for (int left = MAX_DELETED_AT_A_TIME; left > 0 && !toDelete.isEmpty(); left--) {
            LogStream stream = toDelete.element();
            try {
                if (!stream.isDeleted() && engine.delete(stream) < 0) {
                    return;
                }
            } catch (StorageException e) {
                LOG.warn("a segment that is no longer needed could not be deleted: {}", e.getMessage());
            }
            forget(stream);
            toDelete.remove();
        }
    }
}
