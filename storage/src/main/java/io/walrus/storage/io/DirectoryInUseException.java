package io.walrus.storage.io;

import java.io.IOException;

/// The data directory is held by another process, or by another engine of this one.
public final class DirectoryInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    public DirectoryInUseException(String message) {
        super(message);
    }
}
