package io.walrus.client;

import java.io.IOException;

/// A request did not succeed; [#failure] tells how far it got. The message is one line for people.
public final class WalrusException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome.Failed failure;

    public WalrusException(Outcome.Failed failure) {
        super(failure.message());
        this.failure = failure;
    }

    public Outcome.Failed failure() {
        return failure;
    }
}
