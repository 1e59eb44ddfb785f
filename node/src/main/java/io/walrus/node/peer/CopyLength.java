package io.walrus.node.peer;

import io.walrus.metadata.CursorPosition;
import org.jspecify.annotations.Nullable;

/// How long a copy of a segment is, all of it durable.
///
/// @param records of every kind
/// @param entries among them
/// @param bytes of those entries
/// @param vouched whether all that was ever acknowledged of it is there for sure. It is not if the machine restarted
///     while entries were not forced as they came
/// @param cursor where the last cursor record among them has the shared cursor, or null if there is none
public record CopyLength(
        SegmentKey segment,
        long records,
        long entries,
        long bytes,
        boolean vouched,
        @Nullable CursorPosition cursor) {}
