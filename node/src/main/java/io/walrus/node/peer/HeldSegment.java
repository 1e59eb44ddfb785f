package io.walrus.node.peer;

import java.util.Objects;

/// A sealed segment whose copies had moved so often when it was asked about.
///
/// @param moves as in [io.walrus.metadata.SealedSegment#moves]
public record HeldSegment(SegmentKey segment, long moves) {
    public HeldSegment {
        Objects.requireNonNull(segment, "segment");
    }
}
