package io.walrus.node;

import io.walrus.metadata.Applied;
import io.walrus.metadata.Change;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Topic;
import io.walrus.node.part.MetadataView;
import io.walrus.node.port.Waiters;
import io.walrus.node.store.Segments;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.TopicTable;
import java.util.List;

/// Brings a node up to the metadata that is applied, always in this order: the view shows the new state, the parts that
/// react to it do, the topics that have changed are served by it, and what waited for any of that goes on. Guarded by
/// the node's lock.
final class AppliedMetadata {
    private final MetadataView view;
    private final Parts parts;
    private final TopicTable topics;
    private final Leading leading;
    private final Segments segments;
    private final Waiters waiters;

    AppliedMetadata(
            MetadataView view, Parts parts, TopicTable topics, Leading leading, Segments segments, Waiters waiters) {
        this.view = view;
        this.parts = parts;
        this.topics = topics;
        this.leading = leading;
        this.segments = segments;
        this.waiters = waiters;
    }

    /// Takes up the state as a whole, unless it is older than what is known.
    void restored(ClusterState state) {
        if (state.version() <= view.version()) {
            return;
        }
        List.copyOf(topics.all()).stream()
                .filter(topic -> state.topic(topic.topicId()) == null)
                .forEach(topic -> delete(topic.metadata()));
        follow(state);
        state.topics().values().forEach(this::serve);
        segments.deleteGone();
        parts.restored();
        end();
    }

    /// Takes up what a command has changed, unless a state that was restored has it.
    void applied(Applied applied) {
        ClusterState state = applied.state();
        if (state.version() <= view.version()) {
            return;
        }
        follow(state);
        for (Change change : applied.changes()) {
            switch (change) {
                case Change.TopicCreated(long topicId) -> serve(topicId);
                case Change.SegmentSealed(long topicId, long segment, boolean wasEmpty) -> {
                    if (wasEmpty) {
                        segments.delete(topicId, segment);
                    }
                    serve(topicId);
                }
                case Change.ReplicasChanged(long topicId, long segment) -> {
                    serve(topicId);
                    Topic topic = state.topic(topicId);
                    if (topic != null) {
                        parts.replicasChanged(topic, segment);
                    }
                }
                case Change.TopicTrimmed(long topicId, long _) -> serve(topicId);
                case Change.TopicDeleted(Topic topic) -> delete(topic);
                case Change.ClusterInitialized _, Change.NodeChanged _, Change.NodeRemoved _ -> {}
                case Change.NodeStatusChanged _ -> {}
            }
        }
        end();
    }

    private void follow(ClusterState applied) {
        ClusterState before = view.state();
        view.follow(applied);
        parts.follow(before);
    }

    private void end() {
        parts.followed();
        if (leading.takeEnded()) {
            waiters.committed();
        }
    }

    private void serve(long topicId) {
        Topic topic = view.state().topic(topicId);
        if (topic != null) {
            serve(topic);
        }
    }

    private void serve(Topic metadata) {
        ServedTopic topic = topics.find(metadata.topicId());
        long before = 0;
        if (topic == null) {
            topic = new ServedTopic(metadata);
            topics.add(topic);
        } else {
            before = topic.open().number();
            topic.metadata(metadata);
        }
        long open = metadata.open().number();
        if (open != before) {
            leading.opened(topic, before);
            parts.extended(metadata, before == 0 ? open : before);
        }
    }

    private void delete(Topic metadata) {
        ServedTopic topic = topics.find(metadata.topicId());
        if (topic != null) {
            leading.deleted(topic);
            topics.remove(metadata.topicId());
        }
        segments.deleteAll(metadata);
    }
}
