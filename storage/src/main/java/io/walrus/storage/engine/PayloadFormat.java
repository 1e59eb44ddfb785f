package io.walrus.storage.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The bytes of those payloads that have parts. Little-endian, and only absolute access.
final class PayloadFormat {
    /// Bytes of a cursor's payload before its name.
    static final int CURSOR_BYTES = 2 * Long.BYTES;

    private PayloadFormat() {}

    static void putCursor(ByteBuffer into, int at, Cursor cursor, byte[] name) {
        into.putLong(at, cursor.segment())
                .putLong(at + Long.BYTES, cursor.offset())
                .put(at + CURSOR_BYTES, name);
    }

    static Cursor cursor(ByteBuffer from, int at) {
        return new Cursor(from.getLong(at), from.getLong(at + Long.BYTES));
    }

    static String cursorName(ByteBuffer from, int at, int length) {
        byte[] name = new byte[length - CURSOR_BYTES];
        from.get(at + CURSOR_BYTES, name);
        return new String(name, StandardCharsets.UTF_8);
    }

    /// Entries in a batch of `length` bytes, or 0 if these are not the bytes of one.
    static int batchEntries(ByteBuffer from, int at, int length) {
        if (length < Integer.BYTES) {
            return 0;
        }
        int entries = from.getInt(at);
        int next = Integer.BYTES;
        for (int i = 0; i < entries; i++) {
            if (length - next < Integer.BYTES) {
                return 0;
            }
            int entryBytes = from.getInt(at + next);
            next += Integer.BYTES;
            if (entryBytes < 0 || entryBytes > length - next) {
                return 0;
            }
            next += entryBytes;
        }
        return entries > 0 && next == length ? entries : 0;
    }
}
