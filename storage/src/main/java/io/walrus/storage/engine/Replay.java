package io.walrus.storage.engine;

import io.walrus.storage.engine.GroupEffects.Change;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.journal.GroupScanner;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.RecordType;
import io.walrus.storage.journal.Watermarks;
import io.walrus.storage.stream.Counts;
import io.walrus.storage.stream.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Applies the journal's records to the streams of a manifest.
final class Replay implements GroupScanner.Sink {
    private final Manifest manifest;
    private final Catalog catalog;
    private final FlushQueue queue;
    private final Map<Integer, Long> applied = new HashMap<>();

    Replay(Manifest manifest, Catalog catalog, FlushQueue queue) {
        this.manifest = manifest;
        this.catalog = catalog;
        this.queue = queue;
        for (Manifest.Stream stream : manifest.streams()) {
            applied.put(stream.id(), stream.applied());
        }
    }

    @Override
    public void record(ByteBuffer buffer, int at, long position) throws IOException {
        int id = RecordFormat.streamId(buffer, at);
        if (position < applied.getOrDefault(id, Long.MIN_VALUE)) {
            return;
        }
        byte type = RecordFormat.type(buffer, at);
        LogStream stream = catalog.anyStream(id);
        if (type == RecordType.STREAM_CREATE) {
            if (id >= manifest.next().streamId()) {
                LogStream created = new LogStream(id, payload(buffer, at));
                catalog.add(created);
                catalog.publish(new Change.Created(created), Watermarks.NO_GROUP);
            }
            return;
        }
        if (stream == null) {
            if (id >= catalog.nextDurableId()) {
                throw unreadable(position, "it belongs to a stream that was never created");
            }
            return;
        }
        if (RecordType.isSequenced(type)) {
            append(stream, type, buffer, at, position);
        } else {
            change(stream, type, buffer, at, position);
        }
    }

    private void append(LogStream stream, byte type, ByteBuffer buffer, int at, long position) throws IOException {
        if (RecordFormat.sequence(buffer, at) != stream.records()) {
            throw unreadable(
                    position,
                    "stream " + stream.id() + " continues with record " + stream.records() + ", not "
                            + RecordFormat.sequence(buffer, at));
        }
        Counts after = OpenFile.after(stream.appended(), buffer, at);
        if (stream.append(position, after.entries() - stream.entries(), after.bytes() - stream.bytes())) {
            queue.add(stream, position);
        }
        stream.publish(after.records(), after.entries(), after.bytes(), Watermarks.NO_GROUP);
        if (type == RecordType.CURSOR) {
            int body = at + RecordFormat.HEADER_BYTES;
            stream.publishCursor(
                    PayloadFormat.cursorName(buffer, body, RecordFormat.length(buffer, at)),
                    PayloadFormat.cursor(buffer, body));
        }
    }

    private void change(LogStream stream, byte type, ByteBuffer buffer, int at, long position) throws IOException {
        int body = at + RecordFormat.HEADER_BYTES;
        Change change =
                switch (type) {
                    case RecordType.STREAM_DELETE -> new Change.Deleted(stream);
                    case RecordType.TRUNCATE ->
                        new Change.Truncated(
                                stream,
                                new Counts(buffer.getLong(body), buffer.getLong(body + 8), buffer.getLong(body + 16)));
                    case RecordType.TRIM -> new Change.Trimmed(stream, buffer.getLong(body));
                    case RecordType.ATTRIBUTE -> attribute(stream, buffer, at);
                    default -> throw unreadable(position, "its type " + type + " is not known");
                };
        switch (change) {
            case Change.Deleted(LogStream deleted) -> catalog.hide(deleted);
            case Change.Truncated(LogStream truncated, Counts to) ->
                truncated.truncateAppended(to, Watermarks.NO_GROUP, Watermarks.NO_GROUP);
            case Change.Trimmed(LogStream trimmed, long before) -> trimmed.trimmedTo = before;
            case Change.AttributeSet _, Change.Created _, Change.CursorSet _ -> {
                // Nothing but what publishing does.
            }
        }
        catalog.publish(change, Watermarks.NO_GROUP);
    }

    private static Change attribute(LogStream stream, ByteBuffer buffer, int at) {
        byte[] bytes = payload(buffer, at);
        ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int nameLength = Short.toUnsignedInt(view.getShort());
        String name = new String(bytes, Short.BYTES, nameLength, StandardCharsets.UTF_8);
        byte[] value = Arrays.copyOfRange(bytes, Short.BYTES + nameLength, bytes.length);
        return new Change.AttributeSet(stream, name, value);
    }

    private static byte[] payload(ByteBuffer buffer, int at) {
        byte[] bytes = new byte[RecordFormat.length(buffer, at)];
        buffer.get(at + RecordFormat.HEADER_BYTES, bytes);
        return bytes;
    }

    private StorageException unreadable(long position, @Nullable String why) {
        return new StorageException(
                Category.CORRUPT,
                "Journal file " + manifest.geometry().fileOf(position) + " cannot be replayed at byte "
                        + manifest.geometry().offsetOf(position) + ": " + why
                        + ". Restore the directory from a copy or a replica.");
    }
}
