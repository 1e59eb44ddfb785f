package io.walrus.storage.dump;

import io.walrus.storage.engine.Cursor;
import io.walrus.storage.engine.Manifest;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.stream.Counts;
import io.walrus.storage.stream.StreamFile;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// Prints a manifest. What belongs to a stream is printed at the byte where the stream begins.
final class ManifestDump {
    private static final int HEADER_BYTES = 93;
    private static final int COUNTS_BYTES = 3 * Long.BYTES;
    private static final int FILE_BYTES = Integer.BYTES + 2 * COUNTS_BYTES + Long.BYTES + 1;

    private ManifestDump() {}

    static void print(Manifest manifest, DumpReport report) {
        Geometry geometry = manifest.identity().geometry();
        Manifest.Span journal = manifest.journal();
        report.line(
                0,
                "manifest " + manifest.number() + ": engine="
                        + manifest.identity().engine() + " clean=" + manifest.clean() + " blockBytes="
                        + geometry.blockBytes() + " fileBytes=" + geometry.fileBytes() + " journalStart="
                        + journal.start() + " startGroup=" + journal.startGroup() + " committedEnd="
                        + journal.durableEnd() + " nextGroup=" + journal.nextGroup() + " nextStreamId="
                        + manifest.next().streamId() + " nextEpoch="
                        + manifest.next().epoch() + " streams="
                        + manifest.streams().size());
        long offset = HEADER_BYTES;
        for (Manifest.Stream stream : manifest.streams()) {
            print(stream, offset, report);
            offset += sizeOf(stream);
        }
        report.line(offset, "checksum, end of the file");
    }

    private static void print(Manifest.Stream stream, long offset, DumpReport report) {
        report.line(
                offset,
                "stream " + stream.id() + ": key=" + DumpReport.quoted(stream.key()) + " applied=" + stream.applied()
                        + " " + text(stream.chain().end()) + " firstEntry=" + stream.firstEntry());
        for (StreamFile file : stream.chain().files()) {
            report.line(
                    offset,
                    "  file " + StreamFile.nameOf(stream.id(), file.base().records()) + " epoch=" + file.epoch()
                            + " from " + text(file.base()) + " to " + text(file.end()) + " validBytes="
                            + file.fileBytes() + (file.closed() ? " closed" : ""));
        }
        for (Map.Entry<String, Cursor> cursor : new TreeMap<>(stream.cursors()).entrySet()) {
            report.line(
                    offset,
                    "  cursor " + quoted(cursor.getKey()) + " segment="
                            + cursor.getValue().segment() + " offset="
                            + cursor.getValue().offset());
        }
        for (Map.Entry<String, byte[]> attribute : new TreeMap<>(stream.attributes()).entrySet()) {
            report.line(
                    offset,
                    "  attribute " + quoted(attribute.getKey()) + " value=" + DumpReport.quoted(attribute.getValue()));
        }
    }

    private static String text(Counts counts) {
        return "records=" + counts.records() + " entries=" + counts.entries() + " entryBytes=" + counts.bytes();
    }

    private static String quoted(String name) {
        return DumpReport.quoted(name.getBytes(StandardCharsets.UTF_8));
    }

    private static long sizeOf(Manifest.Stream stream) {
        long size = (long) Integer.BYTES + Short.BYTES + stream.key().length + 2 * Long.BYTES + COUNTS_BYTES;
        size += 3 * Integer.BYTES + (long) FILE_BYTES * stream.chain().files().size();
        for (String name : stream.cursors().keySet()) {
            size += sizeOf(name) + 2 * Long.BYTES;
        }
        for (Map.Entry<String, byte[]> attribute : stream.attributes().entrySet()) {
            size += sizeOf(attribute.getKey()) + Integer.BYTES + attribute.getValue().length;
        }
        return size;
    }

    /// Bytes of a name as a manifest has it: its length, and Java's modified UTF-8.
    private static long sizeOf(String name) {
        long size = Short.BYTES;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            size += c >= 1 && c <= 0x7F ? 1 : c <= 0x7FF ? 2 : 3;
        }
        return size;
    }
}
