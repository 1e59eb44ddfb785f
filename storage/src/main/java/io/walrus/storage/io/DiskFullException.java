package io.walrus.storage.io;

import org.jspecify.annotations.Nullable;

/// No space is left on the device (or its quota is used up). Nothing is wrong with what was stored before.
public final class DiskFullException extends ShortageException {
    private static final long serialVersionUID = 1L;

    public DiskFullException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
