package io.walrus.storage.engine;

/// Where a reader stands: the next entry it has not been given.
///
/// @param segment a number that means something to the caller only, 0 or more
/// @param offset an entry offset, 0 or more
public record Cursor(long segment, long offset) {
    public Cursor {
        if (segment < 0 || offset < 0) {
            throw new IllegalArgumentException("A cursor's segment and offset are 0 or more.");
        }
    }
}
