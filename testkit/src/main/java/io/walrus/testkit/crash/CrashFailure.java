package io.walrus.testkit.crash;

import org.jspecify.annotations.Nullable;

/// The engine broke its word. The message says how, and how to see it again.
public final class CrashFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    CrashFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
