package io.walrus.storage;

import io.walrus.storage.engine.Cursor;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.engine.RoomRounds;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import java.io.Closeable;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The log engine as a library: topics by name, appends that return once they are stored, and one reading position per
/// topic that survives crashes.
///
/// Thread-safe. All methods may block; every failure is a [StorageException]. An append under way when the engine
/// fails ends with [StorageException.Category#OUTCOME_UNKNOWN].
public final class WalrusLog implements Closeable {
    /// Entries a batch may have.
    public static final int MAX_BATCH_ENTRIES = 2_000;

    private static final String CURSOR = "reader";
    private static final int READ_BYTES = 64 << 10;

    private final LogEngine engine;
    private final RoomRounds room;
    private final ReadConsistency consistency;
    private final ConcurrentMap<String, Topic> topics = new ConcurrentHashMap<>();

    private WalrusLog(LogEngine engine, RoomRounds room, ReadConsistency consistency) {
        this.engine = engine;
        this.room = room;
        this.consistency = consistency;
        for (LogStream stream : engine.streams()) {
            String name = new String(stream.key(), StandardCharsets.UTF_8);
            topics.put(name, new Topic(stream, position(stream)));
        }
    }

    /// Opens a log with the default settings, creating it if the folder is empty.
    public static WalrusLog open(Path directory) throws IOException {
        return open(directory, "default", EngineConfig.defaults(), ReadConsistency.exactlyOnce());
    }

    /// Opens a log, creating it if it is not there.
    ///
    /// @param namespace keeps logs in one folder apart; each has its own subfolder
    public static WalrusLog open(Path directory, String namespace, EngineConfig config, ReadConsistency consistency)
            throws IOException {
        String folder = URLEncoder.encode(namespace, StandardCharsets.UTF_8).replace(".", "%2E");
        if (folder.isEmpty() || folder.length() > 200) {
            throw new IllegalArgumentException("A namespace has 1 to 200 characters.");
        }
        RoomRounds room = new RoomRounds();
        return new WalrusLog(LogEngine.open(directory.resolve(folder), config, room), room, consistency);
    }

    /// Appends an entry; the topic comes into being with its first.
    ///
    /// @return the entry's offset, once it is stored as the fsync policy has it
    public long append(String topic, byte[] payload) throws StorageException {
        return append(topic, ByteBuffer.wrap(payload));
    }

    /// Appends the buffer's remaining bytes as an entry. The buffer is left as it is.
    ///
    /// @throws StorageException TOO_LARGE if it has more than [#maxEntryBytes]
    public long append(String topic, ByteBuffer payload) throws StorageException {
        checkFits("entry", topic, payload.remaining());
        int position = payload.position();
        while (true) {
            long round = room.round();
            long offset;
            long group;
            engine.lock();
            try {
                LogStream stream = writable(topic);
                offset = stream == null ? 0 : stream.entries();
                group = stream == null ? LogEngine.NO_ROOM : engine.append(stream, payload, System.currentTimeMillis());
            } finally {
                engine.unlockAndCommit();
                payload.position(position);
            }
            if (group != LogEngine.NO_ROOM) {
                engine.awaitDurable(group);
                return offset;
            }
            room.awaitAfter(round);
        }
    }

    /// Appends up to [#MAX_BATCH_ENTRIES] entries as one: after a crash either all of them are there or none.
    ///
    /// @return the offset of the first
    /// @throws StorageException TOO_LARGE if together they have more than [#maxEntryBytes]
    public long appendBatch(String topic, List<byte[]> payloads) throws StorageException {
        if (payloads.isEmpty() || payloads.size() > MAX_BATCH_ENTRIES) {
            throw new IllegalArgumentException("A batch has 1 to " + MAX_BATCH_ENTRIES + " entries.");
        }
        List<ByteBuffer> buffers = payloads.stream().map(ByteBuffer::wrap).toList();
        long bytes = Integer.BYTES * (1L + buffers.size());
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        checkFits("batch", topic, bytes);
        AtomicLong offset = new AtomicLong();
        change(() -> {
            LogStream stream = writable(topic);
            if (stream == null) {
                return LogEngine.NO_ROOM;
            }
            offset.setPlain(stream.entries());
            return engine.appendBatch(stream, buffers, System.currentTimeMillis());
        });
        return offset.getPlain();
    }

    /// The most bytes an entry may have, and a batch with 4 bytes for itself and for each of its entries. Depends on
    /// [EngineConfig#blockBytes] as the folder was created with.
    public int maxEntryBytes() {
        return engine.maxEntryBytes();
    }

    /// The next entry, which the topic's cursor moves past; null if there is none.
    public @Nullable Entry readNext(String topic) throws IOException {
        List<Entry> read = readBatch(topic, 1);
        return read.isEmpty() ? null : read.getFirst();
    }

    /// The next entry, without moving the cursor; null if there is none.
    public @Nullable Entry peek(String topic) throws IOException {
        Topic known = topics.get(topic);
        if (known == null) {
            return null;
        }
        synchronized (known) {
            List<Entry> read = known.read(engine, known.position, 1);
            return read.isEmpty() ? null : read.getFirst();
        }
    }

    /// The next entries, which the topic's cursor moves past: at least one if there is one, and then as many as fit
    /// into `maxBytes`.
    public List<Entry> readBatch(String topic, int maxBytes) throws IOException {
        Topic known = topics.get(topic);
        if (known == null) {
            return List.of();
        }
        synchronized (known) {
            List<Entry> entries = known.read(engine, known.position, maxBytes);
            if (!entries.isEmpty()) {
                known.readsSinceWritten++;
                long next = entries.getLast().offset() + 1;
                if (known.readsSinceWritten >= consistency.everyReads()) {
                    writeCursor(known.stream, next);
                    known.readsSinceWritten = 0;
                }
                known.position = next;
            }
            return entries;
        }
    }

    /// Entries from `offset` on, without regard to the cursor: at least one if there is one, and then as many as fit.
    public List<Entry> read(String topic, long offset, int maxBytes) throws IOException {
        Topic known = topics.get(topic);
        if (known == null) {
            return List.of();
        }
        synchronized (known) {
            return known.read(engine, offset, maxBytes);
        }
    }

    /// Entries ever appended to the topic, 0 if there is no such topic.
    public long entryCount(String topic) {
        Topic known = topics.get(topic);
        return known == null ? 0 : known.stream.durableEntries();
    }

    /// Payload bytes ever appended to the topic.
    public long sizeBytes(String topic) {
        Topic known = topics.get(topic);
        return known == null ? 0 : known.stream.durableBytes();
    }

    /// The topics there are, in no particular order.
    public List<String> topics() {
        return List.copyOf(topics.keySet());
    }

    /// Removes the entries before `offset`; those after it keep their offsets.
    public void trim(String topic, long offset) throws StorageException {
        Topic known = topics.get(topic);
        if (known != null) {
            change(() -> engine.trim(known.stream, offset));
            synchronized (known) {
                known.position = Math.max(known.position, offset);
            }
        }
    }

    /// Removes all entries; new ones go on with the next offset.
    public void truncate(String topic) throws StorageException {
        Topic known = topics.get(topic);
        if (known != null) {
            trim(topic, known.stream.durableEntries());
        }
    }

    /// Removes the topic with all its entries.
    public void delete(String topic) throws StorageException {
        Topic known = topics.get(topic);
        if (known == null) {
            return;
        }
        synchronized (known) {
            if (!known.stream.isDeleted()) {
                change(() -> {
                    long group = engine.delete(known.stream);
                    if (group != LogEngine.NO_ROOM) {
                        // Under the append lock: whoever appends finds the topic with its stream, or neither.
                        topics.remove(topic, known);
                    }
                    return group;
                });
            }
        }
    }

    /// Writes down all there is and lets go of the folder.
    @Override
    public void close() throws IOException {
        for (Topic topic : topics.values()) {
            synchronized (topic) {
                if (topic.readsSinceWritten > 0) {
                    writeCursor(topic.stream, topic.position);
                    topic.readsSinceWritten = 0;
                }
            }
        }
        engine.close();
    }

    /// Refuses what is too large before its topic comes into being.
    private void checkFits(String what, String topic, long bytes) throws StorageException {
        if (bytes > engine.maxEntryBytes()) {
            throw new StorageException(
                    Category.TOO_LARGE,
                    "The " + what + " for topic " + topic + " has " + bytes + " bytes; at most "
                            + engine.maxEntryBytes() + " fit.");
        }
    }

    /// The topic's stream, which comes into being if there is none yet, or null if there is no room for it now. Under
    /// the append lock.
    private @Nullable LogStream writable(String topic) throws StorageException {
        Topic known = topics.get(topic);
        if (known != null) {
            return known.stream;
        }
        LogStream stream;
        try {
            stream = engine.createStream(topic.getBytes(StandardCharsets.UTF_8));
        } catch (StorageException e) {
            if (e.category() == Category.NO_ROOM) {
                return null;
            }
            throw e;
        }
        topics.put(topic, new Topic(stream, 0));
        return stream;
    }

    private void writeCursor(LogStream stream, long next) throws StorageException {
        Cursor cursor = new Cursor(0, next);
        change(() -> engine.appendCursor(stream, CURSOR, cursor, System.currentTimeMillis()));
    }

    private static long position(LogStream stream) {
        Cursor cursor = stream.cursor(CURSOR);
        return Math.max(stream.firstEntry(), cursor == null ? 0 : cursor.offset());
    }

    private interface Change {
        long run() throws StorageException;
    }

    /// Appends what `change` does, once there is room, and waits until it is stored. [#append] has a loop of its own,
    /// because it must not allocate.
    private void change(Change change) throws StorageException {
        while (true) {
            long round = room.round();
            long group;
            engine.lock();
            try {
                group = change.run();
            } finally {
                engine.unlockAndCommit();
            }
            if (group != LogEngine.NO_ROOM) {
                engine.awaitDurable(group);
                return;
            }
            room.awaitAfter(round);
        }
    }

    /// A topic's stream and its reading end, guarded by the topic itself.
    private static final class Topic {
        private final LogStream stream;
        private @Nullable ReadBuffer buffer;
        private long position;
        private int readsSinceWritten;

        Topic(LogStream stream, long position) {
            this.stream = stream;
            this.position = position;
        }

        List<Entry> read(LogEngine engine, long from, int maxBytes) throws IOException {
            ReadBuffer into = buffer == null ? new ReadBuffer(READ_BYTES) : buffer;
            buffer = into;
            List<Entry> entries = new ArrayList<>();
            long bytes = 0;
            long next = from;
            while (true) {
                engine.readFromDisk(stream, next, into);
                for (int i = 0; i < into.count(); i++) {
                    bytes += into.length(i);
                    if (!entries.isEmpty() && bytes > maxBytes) {
                        return entries;
                    }
                    byte[] payload = new byte[into.length(i)];
                    into.payload(i).get(payload);
                    entries.add(new Entry(into.offset(i), into.timestamp(i), ByteBuffer.wrap(payload)));
                }
                if (into.isEmpty() || bytes >= maxBytes) {
                    return entries;
                }
                next = into.nextOffset();
            }
        }
    }
}
