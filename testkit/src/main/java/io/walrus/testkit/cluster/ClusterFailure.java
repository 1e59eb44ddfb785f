package io.walrus.testkit.cluster;

import org.jspecify.annotations.Nullable;

/// The cluster broke its word. The message says how, and how to see it again.
public final class ClusterFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final BrokenPromise promise;

    ClusterFailure(BrokenPromise promise, String message) {
        this(promise, message, null);
    }

    ClusterFailure(BrokenPromise promise, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.promise = promise;
    }

    BrokenPromise promise() {
        return promise;
    }
}
