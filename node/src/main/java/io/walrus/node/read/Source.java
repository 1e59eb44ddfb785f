package io.walrus.node.read;

import io.walrus.storage.LogStream;

/// Where a segment's entries are read from.
public sealed interface Source {
    /// This node stores it.
    record Stored(LogStream stream) implements Source {}

    /// Other nodes store it.
    record Elsewhere(long topicId, long segment) implements Source {}
}
