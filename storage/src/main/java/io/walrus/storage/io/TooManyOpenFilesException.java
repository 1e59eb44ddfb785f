package io.walrus.storage.io;

import org.jspecify.annotations.Nullable;

/// The process, or the system, has as many files and connections open as it may. Nothing is wrong with the file or with
/// the disk, and it can be opened once others are closed.
public final class TooManyOpenFilesException extends ShortageException {
    private static final long serialVersionUID = 1L;

    public TooManyOpenFilesException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
