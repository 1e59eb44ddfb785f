package io.walrus.metadata;

import java.io.IOException;
import java.io.Serial;

/// Bytes that are no valid encoding, or one of a version this program does not know.
public final class MalformedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }
}
