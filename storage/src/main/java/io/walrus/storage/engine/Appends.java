package io.walrus.storage.engine;

import io.walrus.storage.engine.GroupEffects.Change;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.Clock;
import io.walrus.storage.journal.GroupBuffer;
import io.walrus.storage.journal.Journal;
import io.walrus.storage.journal.RecordType;
import io.walrus.storage.journal.Watermarks;
import io.walrus.storage.stream.Counts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The appending end of an engine: encodes each change as a record of the journal, and notes what its group will do.
/// Everything here is guarded by the append lock; [LogEngine] says what each change means.
///
/// A crash leaves of a change what it leaves of its group, all of it or nothing: see the journal's committer. What a
/// change does to a stream's files waits until its group is durable, and to the names of files until it is forced:
/// [Catalog].
final class Appends {
    private final GroupBuffer<GroupEffects> buffer;
    private final Watermarks marks;
    private final Catalog catalog;
    private final FlushQueue queue;
    private final EngineState state;
    private final Clock clock;
    private final Background background;
    private int nextStreamId;
    private boolean appended;

    Appends(
            Journal<GroupEffects> journal,
            Recovery.Recovered recovered,
            EngineState state,
            Clock clock,
            Background background) {
        this.buffer = journal.buffer();
        this.marks = journal.marks();
        this.catalog = recovered.catalog();
        this.queue = recovered.queue();
        this.state = state;
        this.clock = clock;
        this.background = background;
        this.nextStreamId = catalog.nextDurableId();
    }

    /// Whether something was appended since this was last asked.
    boolean takeAppended() {
        boolean was = appended;
        appended = false;
        return was;
    }

    LogStream createStream(byte[] key) throws StorageException {
        state.checkWritable();
        checkLength(key.length, LogEngine.MAX_KEY_BYTES, "The key");
        if (catalog.stream(key) != null) {
            throw new StorageException(Category.EXISTS, "A stream with this key exists.");
        }
        if (!buffer.begin(key.length, true)) {
            noRoom();
            throw new StorageException(Category.NO_ROOM, "There is no room in the journal just now: try again.");
        }
        buffer.block().put(buffer.payloadIndex(), key);
        LogStream stream = new LogStream(nextStreamId++, key);
        buffer.end(key.length, 0, stream.id(), RecordType.STREAM_CREATE, clock.currentTimeMillis());
        stream.createdGroup = buffer.group();
        catalog.add(stream);
        changed(stream, new Change.Created(stream));
        return stream;
    }

    long append(LogStream stream, ByteBuffer payload, long timestampMs) throws StorageException {
        checkTakesEntries();
        checkAlive(stream);
        int length = payload.remaining();
        checkLength(length, buffer.maxPayloadBytes(), "The entry");
        if (!buffer.begin(length, false)) {
            return noRoom();
        }
        buffer.block().put(buffer.payloadIndex(), payload, payload.position(), length);
        return record(stream, RecordType.ENTRY, length, 1, length, timestampMs);
    }

    long appendBatch(LogStream stream, List<ByteBuffer> payloads, long timestampMs) throws StorageException {
        checkTakesEntries();
        checkAlive(stream);
        int count = payloads.size();
        if (count == 0) {
            throw new IllegalArgumentException("A batch has at least one entry.");
        }
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += payloads.get(i).remaining();
        }
        long total = bytes + Integer.BYTES * (1L + count);
        checkLength(total, buffer.maxPayloadBytes(), "The batch");
        if (!buffer.begin((int) total, false)) {
            return noRoom();
        }
        ByteBuffer block = buffer.block();
        int at = buffer.payloadIndex();
        block.putInt(at, count);
        at += Integer.BYTES;
        for (int i = 0; i < count; i++) {
            ByteBuffer payload = payloads.get(i);
            int length = payload.remaining();
            block.putInt(at, length);
            block.put(at + Integer.BYTES, payload, payload.position(), length);
            at += Integer.BYTES + length;
        }
        return record(stream, RecordType.BATCH, (int) total, count, bytes, timestampMs);
    }

    long appendCursor(LogStream stream, String name, Cursor cursor, long timestampMs) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        byte[] bytes = nameBytes(name);
        int length = PayloadFormat.CURSOR_BYTES + bytes.length;
        if (!buffer.begin(length, true)) {
            return noRoom();
        }
        PayloadFormat.putCursor(buffer.block(), buffer.payloadIndex(), cursor, bytes);
        long group = record(stream, RecordType.CURSOR, length, 0, 0, timestampMs);
        buffer.effects().add(new Change.CursorSet(stream, name, cursor));
        return group;
    }

    long appendCopy(LogStream stream, long sequence, byte type, long timestampMs, ByteBuffer payload)
            throws StorageException {
        if (type == RecordType.CURSOR) {
            state.checkWritable();
        } else {
            checkTakesEntries();
        }
        checkAlive(stream);
        if (sequence != stream.records()) {
            throw new IllegalArgumentException(
                    "A stream of " + stream.records() + " records cannot go on with record " + sequence + ".");
        }
        int length = payload.remaining();
        checkLength(length, buffer.maxPayloadBytes(), "The record");
        int entries = entriesInCopy(type, payload);
        if (!buffer.begin(length, type == RecordType.CURSOR)) {
            return noRoom();
        }
        int at = buffer.payloadIndex();
        ByteBuffer block = buffer.block();
        block.put(at, payload, payload.position(), length);
        if (type != RecordType.CURSOR) {
            long bytes = type == RecordType.ENTRY ? length : length - Integer.BYTES * (1L + entries);
            return record(stream, type, length, entries, bytes, timestampMs);
        }
        String name = PayloadFormat.cursorName(block, at, length);
        Cursor cursor = PayloadFormat.cursor(block, at);
        long group = record(stream, type, length, 0, 0, timestampMs);
        buffer.effects().add(new Change.CursorSet(stream, name, cursor));
        return group;
    }

    /// The entries in a record that comes from elsewhere, which must be one that a reader can make sense of.
    private static int entriesInCopy(byte type, ByteBuffer payload) throws StorageException {
        int length = payload.remaining();
        switch (type) {
            case RecordType.ENTRY -> {
                return 1;
            }
            case RecordType.BATCH -> {
                ByteBuffer body = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
                int entries = PayloadFormat.batchEntries(body, 0, length);
                if (entries > 0) {
                    return entries;
                }
            }
            case RecordType.CURSOR -> {
                int nameBytes = length - PayloadFormat.CURSOR_BYTES;
                ByteBuffer body = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
                if (nameBytes >= 0
                        && nameBytes <= LogEngine.MAX_NAME_BYTES
                        && body.getLong(0) >= 0
                        && body.getLong(Long.BYTES) >= 0) {
                    return 0;
                }
            }
            default -> throw new IllegalArgumentException("Records of " + RecordType.nameOf(type) + " are not copied.");
        }
        throw new StorageException(
                Category.CORRUPT, "The " + RecordType.nameOf(type) + " to be copied is damaged. Nothing was stored.");
    }

    long setAttribute(LogStream stream, String name, byte[] value) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        byte[] bytes = nameBytes(name);
        checkLength(value.length, LogEngine.MAX_KEY_BYTES, "The value");
        int length = Short.BYTES + bytes.length + value.length;
        if (!buffer.begin(length, true)) {
            return noRoom();
        }
        int at = buffer.payloadIndex();
        buffer.block()
                .putShort(at, (short) bytes.length)
                .put(at + Short.BYTES, bytes)
                .put(at + Short.BYTES + bytes.length, value);
        return control(stream, RecordType.ATTRIBUTE, length, new Change.AttributeSet(stream, name, value.clone()));
    }

    long truncate(StreamCut cut) throws StorageException {
        LogStream stream = cut.stream();
        state.checkWritable();
        checkAlive(stream);
        if (cut.isOutdated()) {
            return LogEngine.OUTDATED;
        }
        Counts to = cut.kept();
        if (to.entries() < stream.trimmedTo) {
            throw new StorageException(
                    Category.TRIMMED, "The stream was trimmed to entry " + stream.trimmedTo + ", past this record.");
        }
        if (!buffer.begin(3 * Long.BYTES, true)) {
            return noRoom();
        }
        int at = buffer.payloadIndex();
        buffer.block()
                .putLong(at, to.records())
                .putLong(at + Long.BYTES, to.entries())
                .putLong(at + 2 * Long.BYTES, to.bytes());
        long group = control(stream, RecordType.TRUNCATE, 3 * Long.BYTES, new Change.Truncated(stream, to));
        stream.truncateAppended(to, group, marks.durableGroup());
        return group;
    }

    long trim(LogStream stream, long entries) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        if (entries < 0 || entries > stream.entries()) {
            throw new IllegalArgumentException(
                    "A stream of " + stream.entries() + " entries cannot be trimmed to " + entries + ".");
        }
        if (!buffer.begin(Long.BYTES, true)) {
            return noRoom();
        }
        buffer.block().putLong(buffer.payloadIndex(), entries);
        stream.trimmedTo = Math.max(stream.trimmedTo, entries);
        return control(stream, RecordType.TRIM, Long.BYTES, new Change.Trimmed(stream, entries));
    }

    long delete(LogStream stream) throws StorageException {
        state.checkWritable();
        checkAlive(stream);
        if (!buffer.begin(0, true)) {
            return noRoom();
        }
        long group = control(stream, RecordType.STREAM_DELETE, 0, new Change.Deleted(stream));
        catalog.hide(stream);
        return group;
    }

    private long record(LogStream stream, byte type, int length, int entries, long bytes, long timestampMs) {
        long position = buffer.end(length, stream.records(), stream.id(), type, timestampMs);
        if (stream.append(position, entries, bytes)) {
            queue.add(stream, position);
        }
        long group = buffer.group();
        buffer.effects().touch(stream, group);
        appended = true;
        return group;
    }

    private long control(LogStream stream, byte type, int length, Change change) {
        buffer.end(length, 0, stream.id(), type, clock.currentTimeMillis());
        changed(stream, change);
        return buffer.group();
    }

    private void changed(LogStream stream, Change change) {
        buffer.effects().touch(stream, buffer.group());
        buffer.effects().add(change);
        appended = true;
    }

    private long noRoom() throws StorageException {
        background.wake();
        String reason = state.diskFull();
        if (reason != null) {
            throw diskFull(reason);
        }
        return LogEngine.NO_ROOM;
    }

    static StorageException diskFull(String reason) {
        return new StorageException(Category.DISK_FULL, reason + " Nothing was stored; free some space and try again.");
    }

    private void checkTakesEntries() throws StorageException {
        state.checkWritable();
        String reason = state.diskFull();
        if (reason != null) {
            throw diskFull(reason);
        }
    }

    private static void checkAlive(LogStream stream) throws StorageException {
        if (stream.isDeleted()) {
            throw new StorageException(Category.UNKNOWN_STREAM, "The stream was deleted.");
        }
    }

    private static void checkLength(long length, long max, String what) throws StorageException {
        if (length > max) {
            throw new StorageException(
                    Category.TOO_LARGE, what + " has " + length + " bytes; at most " + max + " fit.");
        }
    }

    private static byte[] nameBytes(String name) throws StorageException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        checkLength(bytes.length, LogEngine.MAX_NAME_BYTES, "The name");
        return bytes;
    }
}
