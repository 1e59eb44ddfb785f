package io.walrus.node.request;

import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.Topic;
import io.walrus.node.topic.ServedTopic;

/// What STATE tells of a topic, as it is at one moment.
///
/// @param metadata its chain
/// @param isCurrent whether this node knows the open segment, which only its leader does: else the rest says nothing
/// @param openEntries entries in the open segment
/// @param cursor where the shared cursor stands
public record TopicState(Topic metadata, boolean isCurrent, long openEntries, CursorPosition cursor) {
    static TopicState of(ServedTopic topic, boolean isCurrent) {
        return new TopicState(topic.metadata(), isCurrent, isCurrent ? topic.openEntries() : 0, topic.cursor());
    }
}
