package io.walrus.storage.error;

/// Checks that stay on in production: what they guard is cheaper to stop for than to store wrongly.
public final class Invariants {
    private Invariants() {}

    /// Stops whoever calls it if `holds` is false.
    ///
    /// @throws IllegalStateException if `holds` is false: a defect of this engine, after which it must not go on
    public static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalStateException("Broken invariant: " + message);
        }
    }
}
