package io.walrus.node.store;

import io.walrus.node.peer.SegmentKey;
import io.walrus.storage.engine.Cursor;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A real storage engine with small files, for tests that need a copy of a segment. All that is appended is durable
/// when the call returns.
public final class SmallEngine implements AutoCloseable {
    private final LogEngine engine;

    public SmallEngine(Path folder) throws IOException {
        engine = LogEngine.open(
                folder,
                EngineConfig.builder()
                        .blockBytes(64 << 10)
                        .ringBlocks(4)
                        .fileBytes(256 << 10)
                        .checkpointBytes(512 << 10)
                        .maxJournalBytes(2 << 20)
                        .minFreeBytes(0)
                        .build(),
                EngineListener.NONE);
    }

    public LogEngine engine() {
        return engine;
    }

    public LogStream create(SegmentKey key) throws IOException {
        engine.lock();
        try {
            return engine.createStream(key.encode());
        } finally {
            engine.unlock();
        }
    }

    public void append(LogStream stream, String... entries) throws IOException {
        for (String entry : entries) {
            long group;
            engine.lock();
            try {
                group = engine.append(stream, ByteBuffer.wrap(entry.getBytes(StandardCharsets.UTF_8)), 0);
            } finally {
                engine.unlock();
            }
            engine.awaitDurable(group);
        }
    }

    /// The same in few groups, for many entries. Waits while the log has no room.
    public void appendAll(LogStream stream, String... entries) throws IOException {
        long group = LogEngine.NO_ROOM;
        for (String entry : entries) {
            ByteBuffer payload = ByteBuffer.wrap(entry.getBytes(StandardCharsets.UTF_8));
            long last = group;
            group = LogEngine.NO_ROOM;
            while (group == LogEngine.NO_ROOM) {
                engine.lock();
                try {
                    group = engine.append(stream, payload, 0);
                } finally {
                    engine.unlock();
                }
                if (group == LogEngine.NO_ROOM && last != LogEngine.NO_ROOM) {
                    engine.awaitDurable(last);
                }
            }
        }
        engine.awaitDurable(group);
    }

    public void appendCursor(LogStream stream, String name, long segment, long offset) throws IOException {
        long group;
        engine.lock();
        try {
            group = engine.appendCursor(stream, name, new Cursor(segment, offset), 0);
        } finally {
            engine.unlock();
        }
        engine.awaitDurable(group);
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
