package io.walrus.storage.stream;

/// How far into a stream: what lies before a place in it.
///
/// @param records records before it
/// @param entries entries in those
/// @param bytes entry bytes in those
public record Counts(long records, long entries, long bytes) {
    public static final Counts ZERO = new Counts(0, 0, 0);

    public Counts {
        if (records < 0 || entries < 0 || bytes < 0) {
            throw new IllegalArgumentException("Counts are 0 or more.");
        }
    }
}
