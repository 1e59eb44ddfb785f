package io.walrus.storage.error;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A refusal or a failure of the engine. The message says what happened, where, and what can be done.
public final class StorageException extends IOException {
    private static final long serialVersionUID = 1L;

    /// What kind of trouble it is, for code that decides on it.
    public enum Category {
        /// Stored bytes are not what was written. Never answered as if they were absent.
        CORRUPT(1),
        /// The disk is full or nearly so. Nothing was stored; appends work again once there is room.
        DISK_FULL(2),
        /// An earlier I/O error made the engine read-only. Nothing was stored.
        READ_ONLY(3),
        /// What was appended may or may not survive: the journal failed while it was being made durable.
        OUTCOME_UNKNOWN(4),
        /// Another process or engine uses the directory.
        IN_USE(5),
        /// The directory is not empty and not ours, or was written by a newer version.
        FOREIGN(6),
        /// The stream does not exist, or no longer.
        UNKNOWN_STREAM(7),
        /// The entries asked for were trimmed.
        TRIMMED(8),
        /// The record does not fit.
        TOO_LARGE(9),
        /// The engine is closed.
        CLOSED(10),
        /// There is no room in memory or journal just now; wait for [EngineListener#roomAvailable].
        NO_ROOM(11),
        /// A stream with that key exists.
        EXISTS(12),
        /// Reading or writing failed.
        IO(13);

        private final int code;

        Category(int code) {
            this.code = code;
        }

        /// A number that never changes its meaning.
        public int code() {
            return code;
        }
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

    /// The category's number.
    public int code() {
        return category.code();
    }
}
