package io.walrus.node.topic;

import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.TooManyOpenFilesException;
import java.io.IOException;

/// What a client is told when its request can't be carried out.
public final class Refusals {
    private Refusals() {}

    /// The text for a failure of the storage engine.
    public static String text(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof TooManyOpenFilesException) {
            return ErrorTexts.notReady(message);
        }
        if (!(failure instanceof StorageException storage)) {
            return ErrorTexts.internal("the disk failed: " + message);
        }
        return switch (storage.category()) {
            case DISK_FULL -> ErrorTexts.diskFull(message);
            case READ_ONLY -> ErrorTexts.readOnly(message);
            case OUTCOME_UNKNOWN -> ErrorTexts.outcomeUnknown(message);
            case CORRUPT -> ErrorTexts.dataDamaged(message);
            case CLOSED -> ErrorTexts.shuttingDown();
            default -> ErrorTexts.internal(message);
        };
    }

    /// Whether what was to be read is not stored here any more.
    public static boolean isGone(IOException failure) {
        return failure instanceof StorageException storage
                && storage.category() == StorageException.Category.UNKNOWN_STREAM;
    }

    /// Nobody took the request for the open segment in time; nothing was stored or handed out.
    public static String notLed(ServedTopic topic) {
        return ErrorTexts.notReady(
                "segment " + topic.open().number() + " of topic " + topic.name() + " has no leader that takes entries");
    }

    /// The disk didn't answer in time.
    public static String notRead(ServedTopic topic) {
        return ErrorTexts.notReady("the next entry of topic " + topic.name() + " could not be read in time");
    }

    /// The entry that FETCH asked for did not come from the disk, or from another node.
    public static String notReadInTime() {
        return ErrorTexts.notReady("the entry could not be read in time");
    }
}
