package io.walrus.storage.io;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The system has too little of something just now. Nothing is wrong with the disk, or with what was stored before, and
/// what failed can be tried again.
public abstract sealed class ShortageException extends IOException
        permits DiskFullException, TooManyOpenFilesException {
    private static final long serialVersionUID = 1L;

    ShortageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
