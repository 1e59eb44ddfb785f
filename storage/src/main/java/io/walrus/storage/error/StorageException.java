package io.walrus.storage.error;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A refusal or a failure of the engine. The message says what happened, where, and what can be done.
public final class StorageException extends IOException {
    private static final long serialVersionUID = 1L;

    /// What kind of trouble it is, for code that decides on it.
    public enum Category {
        /// Stored bytes are not what was written. Never answered as if they were absent.
        CORRUPT,
        /// The disk is full or nearly so. Nothing was stored; appends work again once there is room.
        DISK_FULL,
        /// An earlier I/O error made the engine read-only. Nothing was stored.
        READ_ONLY,
        /// What was appended may or may not survive: the journal failed while it was being made durable.
        OUTCOME_UNKNOWN,
        /// Another process or engine uses the directory.
        IN_USE,
        /// The directory is not empty and not ours, or was written by a newer version.
        FOREIGN,
        /// The stream does not exist, or no longer.
        UNKNOWN_STREAM,
        /// The entries asked for were trimmed.
        TRIMMED,
        /// The record does not fit.
        TOO_LARGE,
        /// The engine is closed.
        CLOSED,
        /// There is no room in memory or journal just now; wait until the engine's listener hears of room.
        NO_ROOM,
        /// A stream with that key exists.
        EXISTS,
        /// Reading or writing failed.
        IO
    }

    private final Category category;

    public StorageException(Category category, String message) {
        this(category, message, null);
    }

    public StorageException(Category category, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.category = category;
    }

    public Category category() {
        return category;
    }
}
