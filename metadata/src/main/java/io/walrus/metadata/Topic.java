package io.walrus.metadata;

import java.util.Objects;
import org.pcollections.TreePMap;

/// A topic: its chain of sealed segments by number, ending in the open one. Numbers have gaps, because a segment that
/// was sealed without entries leaves the chain.
///
/// @param topicId from 1, never reused
/// @param sealedEntries entries in all segments ever sealed, trimmed ones included
/// @param trimmedEntries entries in segments that were trimmed
public record Topic(
        long topicId,
        String name,
        TreePMap<Long, SealedSegment> sealed,
        OpenSegment open,
        long sealedEntries,
        long trimmedEntries) {
    public Topic {
        Limits.require(topicId >= 1, "topic ids start at 1");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(sealed, "sealed");
        Objects.requireNonNull(open, "open");
        Limits.require(0 <= trimmedEntries && trimmedEntries <= sealedEntries, "no more is trimmed than was sealed");
        Limits.require(sealed.isEmpty() || sealed.lastKey() < open.number(), "the open segment is the last");
    }

    public TopicView view() {
        return new TopicView(topicId, name, open, sealedEntries);
    }
}
