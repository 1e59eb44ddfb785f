package io.walrus.node.route;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.SegmentFate;
import io.walrus.metadata.Topic;
import io.walrus.node.read.Entries;
import io.walrus.node.read.Source;
import io.walrus.node.replicate.LedSegment;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The segments this node stores, each a stream of the storage engine. Guarded by the node's lock.
public final class Segments {
    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    private final LogEngine engine;
    private final Entries entries;
    private final long self;
    private final Deque<LogStream> toDelete = new ArrayDeque<>();

    public Segments(LogEngine engine, Entries entries, long self) {
        this.engine = engine;
        this.entries = entries;
        this.self = self;
    }

    public @Nullable LogStream find(ServedTopic topic, long segment) {
        return find(topic.topicId(), segment);
    }

    public @Nullable LogStream find(long topicId, long segment) {
        return engine.stream(new SegmentKey(topicId, segment).encode());
    }

    /// A copy from which a segment's entries can be read.
    ///
    /// @param entries those before this one
    public record Committed(LogStream stream, long entries) {}

    /// This node's copy, if it tells which entries are committed: it leads the open segment, or has all of a sealed
    /// one.
    public @Nullable Committed readable(ServedTopic topic, long segment) {
        if (segment == topic.open().number()) {
            LedSegment led = topic.ledIfAny();
            return led == null ? null : new Committed(led.stream(), led.committedEntries());
        }
        SealedSegment sealed = topic.metadata().sealed().get(segment);
        LogStream stream = find(topic, segment);
        return sealed == null || stream == null || stream.committedRecords() < sealed.records()
                ? null
                : new Committed(stream, sealed.entries());
    }

    /// Where a segment's entries are read from: here if all of them are here, or else wherever the metadata has them.
    ///
    /// @throws StorageException CORRUPT if they are nowhere but here, and not here either
    public Source source(ServedTopic topic, long segment) throws StorageException {
        Committed readable = readable(topic, segment);
        if (readable != null) {
            return new Source.Stored(readable.stream());
        }
        SealedSegment sealed = topic.metadata().sealed().get(segment);
        List<Replica> replicas = sealed == null ? topic.open().replicas() : sealed.replicas();
        if (replicas.stream().allMatch(replica -> replica.nodeId() == self)) {
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
        byte[] name = key.encode();
        LogStream found = engine.stream(name);
        if (found != null) {
            return found;
        }
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

    /// Deletes a segment that a committed command took out of its chain.
    public void delete(long topicId, long segment) {
        LogStream stream = find(topicId, segment);
        if (stream != null) {
            toDelete.add(stream);
            deletePending();
        }
    }

    /// Deletes what is stored of a topic that a committed command deleted.
    public void deleteAll(Topic topic) {
        for (Long segment : topic.sealed().keySet()) {
            delete(topic.topicId(), segment);
        }
        delete(topic.topicId(), topic.open().number());
    }

    /// Deletes the segments that left their chains while this node was not there to see it. What the metadata has not
    /// heard of stays.
    public void deleteGone(ClusterState state) {
        for (LogStream stream : List.copyOf(engine.streams())) {
            SegmentKey key = SegmentKey.decode(stream.key());
            if (state.fate(key.topicId(), key.segment()) == SegmentFate.GONE) {
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
        entries.forget(copy);
        return true;
    }

    /// Goes on with deletions the log had no room for.
    public void deletePending() {
        while (!toDelete.isEmpty()) {
            LogStream stream = toDelete.element();
            try {
                if (engine.delete(stream) < 0) {
                    return;
                }
            } catch (StorageException e) {
                LOG.warn("a segment that is no longer needed could not be deleted: {}", e.getMessage());
            }
            entries.forget(stream);
            toDelete.remove();
        }
    }
}
