package io.walrus.metadata;

import java.util.Objects;

/// A result's view of a topic: the end of its chain. Its size does not grow with the number of segments.
public record TopicView(long topicId, String name, OpenSegment open, long sealedEntries) {
    public TopicView {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(open, "open");
    }
}
