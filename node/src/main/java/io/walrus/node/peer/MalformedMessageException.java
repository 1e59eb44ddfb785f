package io.walrus.node.peer;

import java.io.IOException;
import java.io.Serial;

/// Bytes from another node that are no message of this version.
public final class MalformedMessageException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message) {
        super(message);
    }
}
