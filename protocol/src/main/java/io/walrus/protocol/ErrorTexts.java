package io.walrus.protocol;

/// The text of every error, without its `ERR `. One line each, for people; [ErrorCode] tells them apart for programs.
public final class ErrorTexts {
    private static final int MAX_QUOTED_CHARS = 32;
    private static final int MAX_DETAIL_CHARS = 400;

    private ErrorTexts() {}

    public static String emptyCommand() {
        return "empty command: HELP lists the commands";
    }

    public static String unknownCommand(String word) {
        return "unknown command " + oneLine(word, MAX_QUOTED_CHARS) + ": HELP lists the commands";
    }

    public static String notUtf8() {
        return "command and topic must be valid UTF-8";
    }

    public static String topicRequired(Verb verb) {
        return verb + " requires a topic";
    }

    public static String payloadRequired() {
        return "PUT requires a payload";
    }

    public static String numbersRequired(Verb verb) {
        return verb + " requires a segment and an offset, whole numbers from 0 to " + Long.MAX_VALUE;
    }

    public static String nodeRequired(Verb verb) {
        return verb + " requires a node, a whole number from 1 to " + Long.MAX_VALUE;
    }

    public static String unexpectedText(Verb verb) {
        return verb + " takes nothing after "
                + switch (verb) {
                    case METRICS, CLUSTER, HELP -> "the command";
                    case DRAIN, RESUME, REMOVE -> "the node";
                    case FETCH -> "the offset";
                    case SKIP -> "the offset but dry-run";
                    case SEAL -> "the topic but force and dry-run";
                    case REGISTER, PUT, GET, STATE -> "the topic";
                };
    }

    public static String topicEmpty() {
        return "topic is empty: exactly one space stands between command and topic";
    }

    public static String topicTooLong(int lengthBytes) {
        return "topic is too long: " + lengthBytes + " bytes, at most " + TopicNames.MAX_BYTES + " are allowed";
    }

    public static String topicCharacters() {
        return "topic must not contain spaces or control characters";
    }

    public static String frameTooLarge(long lengthBytes, int maxFrameBytes) {
        return "frame too large: " + lengthBytes + " bytes, at most " + maxFrameBytes + " are allowed";
    }

    public static String frameIncomplete() {
        return "frame incomplete: its end did not come in time, and the connection is closed";
    }

    /// Not every node that stores the topic could take the entry.
    public static String entryTooLarge(int lengthBytes, int maxEntryBytes) {
        return "entry too large: " + lengthBytes + " bytes, at most " + maxEntryBytes + " are allowed";
    }

    public static String unknownTopic(String topic) {
        return "unknown topic " + topic;
    }

    public static String unknownSegment(String topic, long segment, long newestSegment) {
        return "unknown segment " + segment + " of topic " + topic + ": the newest is " + newestSegment;
    }

    public static String offsetOutOfRange(String topic, long segment, long offset, long entries) {
        return "offset out of range: " + offset + " in segment " + segment + " of topic " + topic
                + ", which ended with " + entries + " entries";
    }

    /// The same of the open segment, which may yet get there.
    public static String offsetNotThere(String topic, long segment, long offset, long entries) {
        return "offset out of range: " + offset + " in segment " + segment + " of topic " + topic + ", which has "
                + entries + " entries so far";
    }

    public static String unknownNode(long node) {
        return "unknown node " + node + ": CLUSTER lists them";
    }

    /// DRAIN, REMOVE or SEAL can't be done in the cluster's present state.
    ///
    /// @param reason why, and what to do
    public static String notPossible(Verb verb, String reason) {
        return verb + " is not possible: " + oneLine(reason);
    }

    /// The node cannot serve the request yet, and did nothing.
    ///
    /// @param detail what is missing, for instance `no leader yet`
    public static String notReady(String detail) {
        return "not ready: " + oneLine(detail) + "; try again";
    }

    /// Too little space is left for a write.
    ///
    /// @param detail how much is free and how much is needed
    public static String diskFull(String detail) {
        return "disk full: nothing was written (" + oneLine(detail) + "); reads go on, try again when there is room";
    }

    public static String shuttingDown() {
        return "shutting down: this node takes no more requests";
    }

    /// The node serves as many clients as it may.
    public static String tooManyConnections(int maxConnections) {
        return "too many connections: " + maxConnections
                + " are open, the most allowed; try another node, or again later";
    }

    /// The request may have been carried out, or may still be.
    ///
    /// @param detail the reason for the doubt
    public static String outcomeUnknown(String detail) {
        return "outcome unknown: " + oneLine(detail);
    }

    /// The node stopped writing for good.
    ///
    /// @param detail the failure that made the node stop writing
    public static String readOnly(String detail) {
        return "read-only: " + oneLine(detail) + "; this node writes nothing until it is restarted";
    }

    /// Stored bytes cannot be read.
    ///
    /// @param detail the damaged place: topic, segment, offset
    public static String dataDamaged(String detail) {
        return "data damaged: " + oneLine(detail);
    }

    /// Stored bytes are on no disk that the cluster still has.
    ///
    /// @param detail what is gone, and from where
    public static String dataLost(String detail) {
        return "data lost: " + oneLine(detail);
    }

    /// The same for GET, which stays before the entry until the cursor is moved on.
    ///
    /// @param error that the entry can't be read, now and for good
    /// @param segment of the first entry that may be readable again
    /// @param offset of that entry
    public static String withWayOn(String error, String topic, long segment, long offset) {
        String sentence = error.endsWith(".") ? error.substring(0, error.length() - 1) : error;
        return sentence + "; to go on behind it: SKIP " + topic + " " + segment + " " + offset;
    }

    public static String internal(String detail) {
        return "internal error: " + oneLine(detail);
    }

    private static String oneLine(String text) {
        return oneLine(text, MAX_DETAIL_CHARS);
    }

    private static String oneLine(String text, int maxChars) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), maxChars) + 1);
        text.codePoints().limit(maxChars).forEach(c -> line.appendCodePoint(breaksLine(c) ? '?' : c));
        if (text.codePointCount(0, text.length()) > maxChars) {
            line.append('…');
        }
        return line.toString();
    }

    private static boolean breaksLine(int codePoint) {
        return Character.isISOControl(codePoint) || codePoint == '\u2028' || codePoint == '\u2029';
    }
}
