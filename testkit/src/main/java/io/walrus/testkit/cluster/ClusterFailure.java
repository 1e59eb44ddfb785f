package io.walrus.testkit.cluster;

import org.jspecify.annotations.Nullable;

/// The cluster broke its word. The message says how, and how to see it again.
public final class ClusterFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    ClusterFailure(String message) {
        super(message);
    }

    ClusterFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
