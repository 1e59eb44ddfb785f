package io.walrus.node.port;

import org.jspecify.annotations.Nullable;

/// Remembers how far a scrub is, so that the node's next run goes on there. Guarded by the node's lock.
public interface ScrubMemory {
    /// What was noted last, by an earlier run; null if nothing is known of one.
    @Nullable
    ScrubPlace last();

    /// Notes a place. Never blocks, and may fail: the next run then does again what was done since.
    void note(ScrubPlace place);
}
