package io.walrus.testkit.crash;

import io.walrus.storage.engine.Cursor;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import io.walrus.testkit.disk.SimClock;
import io.walrus.testkit.disk.SimDisk;
import io.walrus.testkit.disk.SimWorkers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An engine on a simulated disk, from opening to a crash or a clean close, in one thread.
final class EngineSession {
    private static final int MAX_STEPS = 10_000;
    private static final int READ_BYTES = 16 << 10;
    private static final long SECOND_NS = 1_000_000_000L;

    private final SimClock clock = new SimClock();
    private final SimWorkers workers;
    private final LogEngine engine;
    private @Nullable StorageException failure;

    /// @param seed picks the order in which background work runs
    EngineSession(SimDisk disk, EngineConfig config, long seed) throws IOException {
        workers = new SimWorkers(clock, seed);
        engine = LogEngine.open(disk, config, clock, workers, new EngineListener() {
            @Override
            public void groupDurable(long group) {}

            @Override
            public void roomAvailable() {}

            @Override
            public void failed(StorageException cause) {
                failure = cause;
            }
        });
    }

    LogEngine engine() {
        return engine;
    }

    long nowMs() {
        return clock.currentTimeMillis();
    }

    /// What made the engine read-only, if it is.
    @Nullable
    StorageException failure() {
        return failure;
    }

    /// @throws StorageException what made the engine read-only, if it is
    void throwFailure() throws StorageException {
        if (failure != null) {
            throw failure;
        }
    }

    /// Runs one piece of background work, if any is due.
    void runOne() {
        workers.runOne();
    }

    /// Runs all background work that is due.
    void settle() {
        workers.runUntilIdle(MAX_STEPS);
    }

    /// Lets time pass, and runs what becomes due.
    void pass(long millis) {
        clock.advance(millis * 1_000_000);
        settle();
    }

    /// Runs background work until a group is committed.
    void commit(long group) {
        for (int steps = 0; engine.durableGroup() < group; steps++) {
            if (steps == MAX_STEPS || !workers.runOne()) {
                throw new CrashFailure(
                        "group " + group + " is never committed, only " + engine.durableGroup() + ": "
                                + engine.status(),
                        failure);
            }
        }
    }

    /// Does what an appender that found no room waits for.
    void makeRoom() {
        settle();
        workers.advance(SECOND_NS);
        settle();
    }

    void close() throws IOException {
        engine.close();
    }

    /// All streams as a reader sees them.
    ///
    /// @param fromDisk whether to pass by what is still in memory
    Map<String, StreamView> observe(boolean fromDisk) throws IOException {
        Map<String, StreamView> views = new TreeMap<>();
        for (LogStream stream : engine.streams()) {
            views.put(text(stream.key()), observe(stream, fromDisk));
        }
        return views;
    }

    StreamView observe(LogStream stream, boolean fromDisk) throws IOException {
        ReadBuffer buffer = new ReadBuffer(READ_BYTES);
        List<EntryView> entries = new ArrayList<>();
        long next = stream.firstEntry();
        while (next < stream.durableEntries()) {
            if (fromDisk || !engine.read(stream, next, buffer)) {
                engine.readFromDisk(stream, next, buffer);
            }
            if (buffer.isEmpty()) {
                throw new CrashFailure(
                        "a read of %s from %d answered nothing, though it has %d entries"
                                .formatted(text(stream.key()), next, stream.durableEntries()),
                        null);
            }
            for (int i = 0; i < buffer.count(); i++) {
                if (buffer.offset(i) != next) {
                    throw new CrashFailure(
                            "a read of %s answered entry %d where %d was due"
                                    .formatted(text(stream.key()), buffer.offset(i), next),
                            null);
                }
                entries.add(EntryView.of(buffer.timestamp(i), buffer.payload(i)));
                next++;
            }
        }
        checkRecords(stream, entries);
        Map<String, Cursor> cursors = new TreeMap<>();
        for (String name : Names.CURSORS) {
            Cursor cursor = stream.cursor(name);
            if (cursor != null) {
                cursors.put(name, cursor);
            }
        }
        Map<String, String> attributes = new TreeMap<>();
        for (String name : Names.ATTRIBUTES) {
            byte[] value = stream.attribute(name);
            if (value != null) {
                attributes.put(name, text(value));
            }
        }
        return new StreamView(
                stream.durableRecords(), stream.durableEntries(), stream.firstEntry(), cursors, attributes, entries);
    }

    /// Checks that the records kept are numbered without gaps, and end in the entries found.
    private void checkRecords(LogStream stream, List<EntryView> entries) throws IOException {
        ReadBuffer buffer = new ReadBuffer(READ_BYTES);
        List<EntryView> found = new ArrayList<>();
        long next = stream.firstRecord();
        while (next < stream.durableRecords()) {
            engine.readRecords(stream, next, buffer);
            for (int i = 0; i < buffer.count(); i++) {
                check(buffer.offset(i) == next + i, stream, "record " + buffer.offset(i) + " came at " + (next + i));
                found.addAll(EntryView.ofRecord(buffer.type(i), buffer.timestamp(i), buffer.payload(i)));
            }
            check(!buffer.isEmpty(), stream, "record " + next + " is not there");
            next = buffer.nextOffset();
        }
        int more = found.size() - entries.size();
        check(
                more >= 0 && found.subList(Math.max(0, more), found.size()).equals(entries),
                stream,
                "records and entries differ");
    }

    private static void check(boolean holds, LogStream stream, String trouble) {
        if (!holds) {
            throw new CrashFailure("stream %s: %s".formatted(text(stream.key()), trouble), null);
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The names that workloads use.
    static final class Names {
        static final List<String> CURSORS = List.of("shared", "other");
        static final List<String> ATTRIBUTES = List.of("fence", "note");
        static final List<String> STREAMS = List.of("a", "b", "c", "d", "e", "f");

        private Names() {}
    }
}
