package io.walrus.storage.error;

import org.jspecify.annotations.Nullable;

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

    /// Stops whoever calls it if there is no value.
    ///
    /// @throws IllegalStateException if `value` is null: a defect of this engine, after which it must not go on
    public static <T> T present(@Nullable T value, String message) {
        if (value == null) {
            throw new IllegalStateException("Broken invariant: " + message);
        }
        return value;
    }
}
