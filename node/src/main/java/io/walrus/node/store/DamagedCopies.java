package io.walrus.node.store;

import io.walrus.metadata.SealedSegment;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.topic.Refusals;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.TopicTable;
import io.walrus.storage.engine.EngineStatus;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.ShortageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Those of this node's copies of which something could not be read. Sealed segments are read from other nodes then, if
/// there are any that have them, until the copy has been made anew. Guarded by the node's lock.
///
/// It is not written down: whoever reads that place again finds out again, and once a copy is being made anew, the
/// beginning of the new one says that the old one is damaged.
public final class DamagedCopies {
    private static final Logger LOG = LoggerFactory.getLogger(DamagedCopies.class);

    private final LogEngine engine;
    private final TopicTable topics;
    private final long self;
    private final Set<LogStream> damaged = new HashSet<>();
    private final Set<LogStream> staying = new HashSet<>();
    private List<SegmentKey> found = new ArrayList<>();

    public DamagedCopies(LogEngine engine, TopicTable topics, long self) {
        this.engine = engine;
        this.topics = topics;
        this.self = self;
    }

    /// A read of a copy has failed.
    ///
    /// @return whether what was wanted is to be looked for again, as it may be elsewhere
    public boolean failed(LogStream copy, IOException failure) {
        // It may have gone since the read failed.
        if (Refusals.isGone(failure) || copy.isDeleted()) {
            return true;
        }
        if (isDamage(failure) && damaged.add(copy)) {
            SegmentKey key = SegmentKey.decode(copy.key());
            found.add(key);
            warn(copy, key, failure);
        }
        return isReadAround(copy);
    }

    private boolean isDamage(IOException failure) {
        if (failure instanceof ShortageException) {
            return false;
        }
        return failure instanceof StorageException storage
                ? storage.category() == Category.CORRUPT || storage.category() == Category.IO
                : engine.state() != EngineStatus.State.CLOSED;
    }

    private void warn(LogStream copy, SegmentKey key, IOException failure) {
        LOG.warn(
                "this node's copy of {} is damaged; {}: {}",
                described(key),
                isReadAround(copy)
                        ? "what it holds is read from other nodes until another copy is made"
                        : "while the segment is open, or on no other node, what is damaged can't be read",
                failure.getMessage());
    }

    private String described(SegmentKey key) {
        ServedTopic topic = topics.find(key.topicId());
        return "segment " + key.segment() + " of topic " + (topic == null ? key.topicId() : topic.name());
    }

    /// Takes a copy for damaged, as another one is being made in its place.
    void known(LogStream copy) {
        damaged.add(copy);
    }

    /// Forgets a copy that is going away.
    void forget(LogStream copy) {
        damaged.remove(copy);
        staying.remove(copy);
    }

    public boolean contains(LogStream copy) {
        return damaged.contains(copy);
    }

    public boolean isEmpty() {
        return damaged.isEmpty();
    }

    public int count() {
        return damaged.size();
    }

    /// A whole copy has taken the place of a damaged one.
    public void replaced(SegmentKey key) {
        LOG.info("this node's damaged copy of {} was replaced by one made from other nodes", described(key));
    }

    /// A copy can't be made anew at present: the other nodes don't give all that is needed. That is said once.
    public void stays(LogStream copy) {
        if (damaged.contains(copy) && staying.add(copy)) {
            LOG.warn(
                    "this node's damaged copy of {} stays for now: other nodes don't give all that it lacks",
                    described(SegmentKey.decode(copy.key())));
        }
    }

    public boolean hasFound() {
        return !found.isEmpty();
    }

    /// The segments of copies that were found damaged since this was last asked.
    public List<SegmentKey> takeFound() {
        List<SegmentKey> taken = found;
        found = new ArrayList<>();
        return taken;
    }

    /// Whether a copy is damaged and others are asked for what is in it.
    boolean isReadAround(LogStream copy) {
        return damaged.contains(copy) && isElsewhereToo(SegmentKey.decode(copy.key()));
    }

    private boolean isElsewhereToo(SegmentKey key) {
        ServedTopic topic = topics.find(key.topicId());
        SealedSegment sealed = topic == null ? null : topic.metadata().sealed().get(key.segment());
        return sealed != null && isElsewhereToo(sealed);
    }

    /// Whether other nodes are listed for a segment.
    public boolean isElsewhereToo(SealedSegment sealed) {
        return sealed.replicas().stream().anyMatch(replica -> replica.nodeId() != self);
    }
}
