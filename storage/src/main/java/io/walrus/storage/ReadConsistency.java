package io.walrus.storage;

/// When a moving cursor is written down.
///
/// @param everyReads after how many reads; 1 means before each read returns, so that no entry is ever read twice, and a
///     greater number that a crash may repeat up to that many reads
public record ReadConsistency(int everyReads) {
    public ReadConsistency {
        if (everyReads < 1) {
            throw new IllegalArgumentException("A cursor is written down every 1 or more reads.");
        }
    }

    /// Every read is written down before it returns.
    public static ReadConsistency exactlyOnce() {
        return new ReadConsistency(1);
    }

    /// A crash repeats fewer than `reads` reads.
    public static ReadConsistency every(int reads) {
        return new ReadConsistency(reads);
    }
}
