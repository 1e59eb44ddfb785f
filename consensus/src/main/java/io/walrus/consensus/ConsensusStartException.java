package io.walrus.consensus;

import java.io.IOException;
import java.io.Serial;

/// The metadata group cannot start here. The message is one line for people that says what, where and what to do.
public final class ConsensusStartException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ConsensusStartException(String message) {
        super(message);
    }

    public ConsensusStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
