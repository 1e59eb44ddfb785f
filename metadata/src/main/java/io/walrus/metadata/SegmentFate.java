package io.walrus.metadata;

/// A state's knowledge of a segment, by topic id and number.
public enum SegmentFate {
    OPEN,
    SEALED,
    /// It was there and a committed command removed it: sealed empty, trimmed, or its topic deleted. Its data may go.
    GONE,
    /// This state has not heard of it; a newer one may. Its data must stay.
    UNKNOWN
}
