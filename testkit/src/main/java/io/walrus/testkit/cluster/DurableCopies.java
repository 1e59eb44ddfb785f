package io.walrus.testkit.cluster;

import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import io.walrus.storage.engine.LogStream;
import java.util.HashMap;
import java.util.Map;

/// What is durable in the copies of one process: it stays there, unless the segment was sealed with less.
final class DurableCopies {
    private final ClusterWorld world;
    private final SimNode node;
    private final SimNode.Life life;
    private final Map<LogStream, Long> records = new HashMap<>();

    DurableCopies(ClusterWorld world, SimNode node, SimNode.Life life) {
        this.world = world;
        this.node = node;
        this.life = life;
    }

    /// Compares with what was there before.
    void check() {
        records.keySet().removeIf(stream -> {
            SegmentKey key = SegmentKey.decode(stream.key());
            boolean isDeleted = stream.isDeleted();
            if (isDeleted
                    && world.copies().lacks(key, node.replica(), life.copies().durableRecords(key))) {
                throw new ClusterFailure(
                        BrokenPromise.COPY_MISSING,
                        "node " + node.id() + " has deleted its copy of segment " + key + ", which it is listed for");
            }
            return isDeleted;
        });
        for (LogStream stream : life.engine().streams()) {
            long now = stream.durableRecords();
            Long before = records.put(stream, now);
            if (before != null && before > now && !isCut(stream)) {
                throw new ClusterFailure(
                        BrokenPromise.NO_LONGER_DURABLE,
                        "node " + node.id() + " had " + before + " records committed, now " + now);
            }
        }
    }

    private boolean isCut(LogStream stream) {
        SegmentKey key = SegmentKey.decode(stream.key());
        Topic topic = world.metadata().decided().topic(key.topicId());
        SealedSegment sealed = topic == null ? null : topic.sealed().get(key.segment());
        return sealed != null && sealed.records() == stream.durableRecords();
    }
}
