package io.walrus.consensus.call;

import java.io.IOException;
import java.io.Serial;
import java.util.Objects;

/// A call to another node that brought no answer.
public final class InternalCallException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// What the caller may conclude.
    public enum Kind {
        /// There was no connection; the other node did not see the call.
        UNREACHABLE,
        /// The other node refused the call and did nothing.
        REFUSED,
        /// The other node may have done what was asked: no answer in time, the connection broke, or it failed.
        UNKNOWN
    }

    private final Kind kind;

    public InternalCallException(Kind kind, String message) {
        super(message);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    public Kind kind() {
        return kind;
    }
}
