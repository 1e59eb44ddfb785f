package io.walrus.benchmarks.engine;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.engine.RoomRounds;
import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Walrus as a node uses it: the engine itself, its lock held for a batch, its reads into a buffer used again and
/// again.
final class EngineLog implements StoredLog {
    private static final byte[] KEY = "entries".getBytes(StandardCharsets.UTF_8);
    private static final int READ_BYTES = 256 << 10;

    private final RoomRounds room = new RoomRounds();
    private final LogEngine engine;
    private final LogStream stream;

    EngineLog(Path folder, EngineConfig config) throws IOException {
        engine = LogEngine.open(folder, config, room);
        LogStream known = engine.stream(KEY);
        stream = known == null ? newStream() : known;
    }

    private LogStream newStream() throws IOException {
        LogStream created;
        engine.lock();
        try {
            created = engine.createStream(KEY);
        } finally {
            engine.unlock();
        }
        engine.awaitDurable(created.createdGroup());
        return created;
    }

    @Override
    public Appender appender() {
        ByteBuffer payload = EnginePayload.direct();
        return entries -> append(payload, entries);
    }

    private void append(ByteBuffer payload, int entries) throws StorageException {
        int done = 0;
        while (done < entries) {
            long round = room.round();
            long group = -1;
            boolean full = false;
            engine.lock();
            try {
                long nowMs = System.currentTimeMillis();
                while (done < entries && !full) {
                    long answer = engine.append(stream, payload, nowMs);
                    full = answer == LogEngine.NO_ROOM;
                    if (!full) {
                        group = answer;
                        done++;
                    }
                }
            } finally {
                engine.unlockAndCommit();
            }
            if (full) {
                room.awaitAfter(round);
            } else {
                engine.awaitDurable(group);
            }
        }
    }

    @Override
    public Reader reader() {
        ReadBuffer buffer = new ReadBuffer(READ_BYTES);
        return new Reader() {
            private int index;
            private long next;

            @Override
            public boolean next(byte[] target) throws IOException {
                if (index == buffer.count()) {
                    engine.readFromDisk(stream, next, buffer);
                    index = 0;
                    if (buffer.isEmpty()) {
                        return false;
                    }
                    next = buffer.nextOffset();
                }
                buffer.copyTo(index++, target, 0);
                return true;
            }
        };
    }

    @Override
    public void settle() throws IOException {
        engine.checkpoint();
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
