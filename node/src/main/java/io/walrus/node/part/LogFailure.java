package io.walrus.node.part;

import org.jspecify.annotations.Nullable;

/// Why the log will commit nothing more, once it has failed. Thread-safe.
public final class LogFailure {
    private volatile @Nullable String text;

    public void set(String errorText) {
        text = errorText;
    }

    /// The text of an error, or null while the log is well.
    public @Nullable String text() {
        return text;
    }
}
