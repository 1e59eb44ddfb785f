package io.walrus.storage.journal;

/// What a record is, as stored in its header. Numbers never change their meaning.
public final class RecordType {
    /// One entry; the payload is its bytes.
    public static final byte ENTRY = 1;
    /// Several entries, all or none: count u32, then per entry its length u32 and its bytes.
    public static final byte BATCH = 2;
    /// Moves a cursor: segment u64, offset u64, then the name in UTF-8.
    public static final byte CURSOR = 3;

    /// Begins a commit group, see [GroupFormat].
    public static final byte GROUP = 16;
    /// Creates the stream of this id; the payload is its key.
    public static final byte STREAM_CREATE = 17;
    public static final byte STREAM_DELETE = 18;
    /// Keeps the first records only: their count u64, the entries u64 and entry bytes u64 in them.
    public static final byte TRUNCATE = 19;
    /// Drops the entries before the u64 in the payload.
    public static final byte TRIM = 20;
    /// Sets an attribute: name length u16, the name in UTF-8, then the value.
    public static final byte ATTRIBUTE = 21;

    private RecordType() {}

    /// Whether records of this type belong to a stream's own sequence and end up in its files.
    public static boolean isSequenced(byte type) {
        return type >= ENTRY && type <= CURSOR;
    }

    /// The name for people.
    public static String nameOf(byte type) {
        return switch (type) {
            case ENTRY -> "ENTRY";
            case BATCH -> "BATCH";
            case CURSOR -> "CURSOR";
            case GROUP -> "GROUP";
            case STREAM_CREATE -> "STREAM_CREATE";
            case STREAM_DELETE -> "STREAM_DELETE";
            case TRUNCATE -> "TRUNCATE";
            case TRIM -> "TRIM";
            case ATTRIBUTE -> "ATTRIBUTE";
            default -> "type " + type;
        };
    }
}
