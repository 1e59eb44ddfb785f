package io.walrus.node.topic;

import io.walrus.node.peer.SegmentKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All topics this node knows, found by id, or by name as it stands in a request, without making a text of it.
/// Guarded by the node's lock.
public final class TopicTable {
    private static final int FIRST_CAPACITY = 64;
    private static final int MAX_PENDING_TAKEN = 5_000;

    private final TreeMap<Long, ServedTopic> byId = new TreeMap<>();
    private final LinkedHashSet<ServedTopic> pending = new LinkedHashSet<>();
    private LeadObserver observer = LeadObserver.NONE;
    /// Open addressing with linear probing, at most half full.
    private @Nullable ServedTopic[] byName = new @Nullable ServedTopic[FIRST_CAPACITY];

    /// Who is told what may change this node's lead of a topic, from now on.
    public void observe(LeadObserver leads) {
        observer = leads;
    }

    /// Passes word of what happened to a topic to whoever decides about this node's lead of it.
    public LeadObserver observer() {
        return observer;
    }

    /// Somebody seals a segment, here or at a follower.
    public void fenced(SegmentKey key) {
        ServedTopic topic = byId.get(key.topicId());
        if (topic != null && topic.open().number() == key.segment()) {
            observer.fenced(topic);
        }
    }

    public Collection<ServedTopic> all() {
        return byId.values();
    }

    /// Keeps an eye on a topic unless nothing of it waits.
    public void markPending(ServedTopic topic) {
        if (!topic.isIdle()) {
            pending.add(topic);
        }
    }

    /// Takes out the topics of which something waits, or did when they were marked: as many as may be looked at in one
    /// hold of the lock, first those that were marked first. Who has looked at one marks it again.
    public List<ServedTopic> takePending() {
        List<ServedTopic> taken = new ArrayList<>();
        while (!pending.isEmpty() && taken.size() < MAX_PENDING_TAKEN) {
            taken.add(pending.removeFirst());
        }
        return taken;
    }

    public @Nullable ServedTopic find(long topicId) {
        return byId.get(topicId);
    }

    /// The topic with the next id, or null if there is none. Ids are positive.
    @Nullable
    ServedTopic after(long topicId) {
        Map.Entry<Long, ServedTopic> next = byId.higherEntry(topicId);
        return next == null ? null : next.getValue();
    }

    public @Nullable ServedTopic find(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return find(ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    /// Finds a topic by the name at `from` in `bytes`.
    public @Nullable ServedTopic find(ByteBuffer bytes, int from, int length) {
        int mask = byName.length - 1;
        int hash = 1;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + bytes.get(i);
        }
        for (int i = spread(hash) & mask; ; i = (i + 1) & mask) {
            ServedTopic topic = byName[i];
            if (topic == null || isNamed(topic, bytes, from, length)) {
                return topic;
            }
        }
    }

    public void add(ServedTopic topic) {
        byId.put(topic.topicId(), topic);
        if (byId.size() * 2 > byName.length) {
            byName = new @Nullable ServedTopic[byName.length * 2];
            byId.values().forEach(this::insert);
        } else {
            insert(topic);
        }
    }

    public void remove(long topicId) {
        ServedTopic removed = byId.remove(topicId);
        if (removed != null) {
            pending.remove(removed);
            byName = new @Nullable ServedTopic[byName.length];
            byId.values().forEach(this::insert);
        }
    }

    private void insert(ServedTopic topic) {
        int mask = byName.length - 1;
        int i = spread(java.util.Arrays.hashCode(topic.nameBytes())) & mask;
        while (byName[i] != null) {
            i = (i + 1) & mask;
        }
        byName[i] = topic;
    }

    private static boolean isNamed(ServedTopic topic, ByteBuffer bytes, int from, int length) {
        byte[] name = topic.nameBytes();
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name[i] != bytes.get(from + i)) {
                return false;
            }
        }
        return true;
    }

    private static int spread(int hash) {
        return hash ^ (hash >>> 16);
    }
}
