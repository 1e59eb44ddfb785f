package io.walrus.node;

import io.walrus.node.membership.Heartbeats;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.request.Puts;
import io.walrus.node.request.SharedCursor;
import io.walrus.node.seal.SealReasons;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.ServedTopic.Phase;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.LogEngine;
import java.util.function.Consumer;

/// Has others lead what this node can't lead well because its disk is full or what it stored is damaged, or not at all
/// because its log has failed.
/// Guarded by the node's lock.
final class LogWatch {
    private final LogEngine engine;
    private final TopicTable topics;
    private final Heartbeats membership;
    private final SealReasons seals;
    private final DamagedCopies damaged;
    private final Replicas replicas;
    private final Puts puts;
    private final SharedCursor cursor;
    private final Consumer<ServedTopic> stopLeading;

    /// Makes it.
    ///
    /// @param stopLeading appends nothing more to a topic's open segment if it is led here, and has it sealed with
    ///     what other nodes have of it
    LogWatch(
            LogEngine engine,
            TopicTable topics,
            Heartbeats membership,
            SealReasons seals,
            DamagedCopies damaged,
            Replicas replicas,
            Puts puts,
            SharedCursor cursor,
            Consumer<ServedTopic> stopLeading) {
        this.engine = engine;
        this.topics = topics;
        this.membership = membership;
        this.seals = seals;
        this.damaged = damaged;
        this.replicas = replicas;
        this.puts = puts;
        this.cursor = cursor;
        this.stopLeading = stopLeading;
    }

    void tick() {
        membership.health(LogHealth.of(engine.state()));
        if (membership.isFullAndReplaceable()) {
            topics.all().forEach(seals::ifDiskFull);
        }
        if (!damaged.isEmpty()) {
            topics.all().forEach(seals::ifDamaged);
        }
        if (membership.hasFailed()) {
            topics.all().forEach(stopLeading);
            topics.pending().forEach(this::refuseIfStuck);
        }
    }

    /// Lets nothing wait for another leader of a topic if there can't be one without this node.
    private void refuseIfStuck(ServedTopic topic) {
        if (topic.phase() == Phase.ABANDONED && !replicas.canSeal(topic.metadata())) {
            String error = ErrorTexts.readOnly(engine.status().reason());
            puts.refuseWaiting(topic, error);
            cursor.refuseWaiting(topic, error);
        }
    }
}
