package io.walrus.storage.dump;

import io.walrus.storage.journal.GroupFormat;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.RecordType;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;

/// The lines printed, and whether one of them told of damage.
final class DumpReport {
    private static final int SHOWN_BYTES = 48;

    private final PrintStream out;
    private boolean damaged;

    DumpReport(PrintStream out) {
        this.out = out;
    }

    boolean hasDamage() {
        return damaged;
    }

    void line(long offset, String text) {
        String digits = Long.toString(offset);
        out.println(" ".repeat(Math.max(0, 12 - digits.length())) + digits + "  " + text);
    }

    void damage(long offset, String what) {
        damaged = true;
        line(offset, "DAMAGED: " + what);
    }

    /// A valid record, which begins at index `at` of the buffer.
    void record(long offset, ByteBuffer buffer, int at) {
        byte type = RecordFormat.type(buffer, at);
        String time = Instant.ofEpochMilli(RecordFormat.timestampMs(buffer, at)).toString();
        String text;
        if (type == RecordType.GROUP) {
            text = "GROUP " + RecordFormat.sequence(buffer, at) + " " + time + " records="
                    + GroupFormat.recordCount(buffer, at) + " bytes=" + GroupFormat.recordsBytes(buffer, at)
                    + (GroupFormat.isForced(buffer, at) ? " FORCED" : "");
        } else {
            text = "  " + RecordType.nameOf(type) + " stream=" + RecordFormat.streamId(buffer, at)
                    + (RecordType.isSequenced(type) ? " sequence=" + RecordFormat.sequence(buffer, at) : "") + " "
                    + time + " " + payload(type, buffer, at);
        }
        line(offset, text);
    }

    private static String payload(byte type, ByteBuffer buffer, int at) {
        int length = RecordFormat.length(buffer, at);
        int body = at + RecordFormat.HEADER_BYTES;
        return switch (type) {
            case RecordType.BATCH -> "bytes=" + length + " entries=" + buffer.getInt(body);
            case RecordType.CURSOR ->
                "segment=" + buffer.getLong(body) + " offset=" + buffer.getLong(body + 8) + " name="
                        + quoted(buffer, body + 16, length - 16);
            case RecordType.TRUNCATE ->
                "records=" + buffer.getLong(body) + " entries=" + buffer.getLong(body + 8) + " entryBytes="
                        + buffer.getLong(body + 16);
            case RecordType.TRIM -> "firstEntry=" + buffer.getLong(body);
            case RecordType.ATTRIBUTE -> {
                int name = Short.toUnsignedInt(buffer.getShort(body));
                yield "name=" + quoted(buffer, body + 2, name) + " value="
                        + quoted(buffer, body + 2 + name, length - 2 - name);
            }
            default -> "bytes=" + length + " " + quoted(buffer, body, length);
        };
    }

    private static String quoted(ByteBuffer buffer, int at, int length) {
        byte[] bytes = new byte[Math.min(length, SHOWN_BYTES)];
        buffer.get(at, bytes);
        return quoted(bytes) + (length > bytes.length ? "…" : "");
    }

    /// Bytes as a terminal takes them: what is not printable ASCII becomes an escape.
    static String quoted(byte[] bytes) {
        StringBuilder text = new StringBuilder("\"");
        for (byte each : bytes) {
            if (each == '"' || each == '\\') {
                text.append('\\').append((char) each);
            } else if (each >= ' ' && each < 0x7F) {
                text.append((char) each);
            } else {
                text.append("\\x").append(HexFormat.of().toHexDigits(each));
            }
        }
        return text.append('"').toString();
    }
}
