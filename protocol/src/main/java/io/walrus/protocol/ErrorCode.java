package io.walrus.protocol;

import java.util.Locale;

/// The errors a node answers with. On the wire there is only the text (see [ErrorTexts]); each text holds its code's
/// phrase, which never changes, so that programs can tell them apart with [#of].
public enum ErrorCode {
    EMPTY_COMMAND(Category.REFUSED, "empty command"),
    UNKNOWN_COMMAND(Category.REFUSED, "unknown command"),
    NOT_UTF8(Category.REFUSED, "command and topic must be valid UTF-8"),
    TOPIC_REQUIRED(Category.REFUSED, " requires a topic"),
    PAYLOAD_REQUIRED(Category.REFUSED, " requires a payload"),
    NUMBERS_REQUIRED(Category.REFUSED, " requires a segment and an offset"),
    NODE_REQUIRED(Category.REFUSED, " requires a node"),
    UNEXPECTED_TEXT(Category.REFUSED, " takes nothing after "),
    TOPIC_EMPTY(Category.REFUSED, "topic is empty"),
    TOPIC_TOO_LONG(Category.REFUSED, "topic is too long"),
    TOPIC_CHARACTERS(Category.REFUSED, "topic must not contain"),
    FRAME_TOO_LARGE(Category.REFUSED, "frame too large"),
    FRAME_INCOMPLETE(Category.REFUSED, "frame incomplete"),
    ENTRY_TOO_LARGE(Category.REFUSED, "entry too large"),
    UNKNOWN_TOPIC(Category.REFUSED, "unknown topic"),
    UNKNOWN_SEGMENT(Category.REFUSED, "unknown segment"),
    OFFSET_OUT_OF_RANGE(Category.REFUSED, "offset out of range"),
    UNKNOWN_NODE(Category.REFUSED, "unknown node"),
    NOT_POSSIBLE(Category.REFUSED, " is not possible"),
    NOT_READY(Category.NOT_NOW, "not ready"),
    DISK_FULL(Category.NOT_NOW, "disk full"),
    SHUTTING_DOWN(Category.NOT_NOW, "shutting down"),
    TOO_MANY_CONNECTIONS(Category.NOT_NOW, "too many connections"),
    OUTCOME_UNKNOWN(Category.UNKNOWN, "outcome unknown"),
    READ_ONLY(Category.FAULT, "read-only"),
    DATA_DAMAGED(Category.FAULT, "data damaged"),
    DATA_LOST(Category.FAULT, "data lost"),
    INTERNAL(Category.FAULT, "internal error"),
    /// A text this version doesn't know.
    OTHER(Category.FAULT, "");

    /// The meaning of an error for the client.
    public enum Category {
        /// Nothing was done, and nothing will be however often it is tried.
        REFUSED,
        /// Nothing was done; the same request may succeed later.
        NOT_NOW,
        /// The request may have been carried out, or may still be.
        UNKNOWN,
        /// Nothing was done, and the node needs its operator.
        FAULT
    }

    private static final ErrorCode[] ALL = values();

    private final Category category;
    /// The part that all texts of this code have: their beginning, or the text after the command if it begins with a
    /// space.
    private final String phrase;

    ErrorCode(Category category, String phrase) {
        this.category = category;
        this.phrase = phrase;
    }

    public Category category() {
        return category;
    }

    /// Whether no PUT and no GET behind this error, on the same connection, is carried out, answered or not.
    public boolean endsConnection() {
        return this == SHUTTING_DOWN || this == TOO_MANY_CONNECTIONS;
    }

    /// The code of an error's text (without `ERR `), [#OTHER] if none fits.
    public static ErrorCode of(String message) {
        for (ErrorCode code : ALL) {
            if (code != OTHER && code.fits(message)) {
                return code;
            }
        }
        return OTHER;
    }

    /// The name as documentation has it: `unknown-topic`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private boolean fits(String message) {
        if (phrase.charAt(0) != ' ') {
            return message.startsWith(phrase);
        }
        int firstSpace = message.indexOf(' ');
        return firstSpace > 0 && message.startsWith(phrase, firstSpace);
    }
}
