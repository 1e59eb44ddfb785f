package io.walrus.node.store;

import io.walrus.storage.engine.LogStream;

/// Where a segment's entries are read from.
public sealed interface Source {
    /// This node stores it.
    record Stored(LogStream stream) implements Source {}

    /// Other nodes store it.
    record Elsewhere(long topicId, long segment) implements Source {}

    /// This node stores it, but some of that is damaged; others store it, too.
    record Damaged(LogStream stream, Elsewhere elsewhere) implements Source {}
}
