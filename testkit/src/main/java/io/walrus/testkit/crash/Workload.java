package io.walrus.testkit.crash;

import io.walrus.storage.engine.Cursor;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.StreamCut;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Random work on an engine, noted in a [History] change by change.
final class Workload {
    private static final int MAX_PAYLOAD_BYTES = 40_000;
    private static final int MAX_BATCH = 12;
    private static final int ROOM_ATTEMPTS = 20;

    private final EngineSession session;
    private final LogEngine engine;
    private final FsyncPolicy policy;
    private final History history;
    private final SplittableRandom random;
    private final Runnable relief;

    /// @param relief frees space on the disk when the engine says that it is full
    Workload(EngineSession session, FsyncPolicy policy, History history, SplittableRandom random, Runnable relief) {
        this.session = session;
        this.engine = session.engine();
        this.policy = policy;
        this.history = history;
        this.random = random;
        this.relief = relief;
    }

    /// Submits changes while the engine is in the middle of something, a checkpoint for instance. Not with the append
    /// lock held.
    void interfere() throws IOException {
        if (random.nextInt(3) == 0) {
            boolean _ = submit(1 + random.nextInt(3));
        }
    }

    /// Does one random thing.
    void step() throws IOException {
        int dice = random.nextInt(100);
        if (dice < 50) {
            change(1 + random.nextInt(4));
        } else if (dice < 75) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                session.runOne();
            }
        } else if (dice < 85) {
            session.settle();
        } else if (dice < 90) {
            letTimePass();
        } else if (dice < 93) {
            checkpoint();
        } else {
            compare();
        }
    }

    /// Commits all that was submitted, and compares what readers see with the model.
    void compare() throws IOException {
        commitAll();
        boolean fromDisk = random.nextBoolean();
        Map<String, StreamView> found = session.observe(fromDisk);
        if (!history.latest().matches(found)) {
            throw new CrashFailure(
                    "a running engine (read from %s) differs from the model: %s"
                            .formatted(
                                    fromDisk ? "disk" : "memory",
                                    history.latest().differences(found)),
                    null);
        }
    }

    private void commitAll() throws StorageException {
        session.settle();
        session.throwFailure();
        if (history.acknowledged(engine.durableGroup()) != history.submitted()) {
            throw new CrashFailure(
                    "submitted changes are never committed: " + engine.status() + " " + history.tail(5),
                    session.failure());
        }
    }

    private void letTimePass() throws StorageException {
        int acknowledged = history.acknowledged(engine.durableGroup());
        switch (policy) {
            case FsyncPolicy.Interval interval -> {
                session.pass(interval.intervalMs());
                session.pass(interval.intervalMs());
                session.throwFailure();
                history.forced(acknowledged);
            }
            case FsyncPolicy.Group _, FsyncPolicy.Os _ -> session.pass(random.nextInt(2_000));
        }
    }

    private void checkpoint() throws IOException {
        commitAll();
        int submitted = history.submitted();
        try {
            engine.checkpoint();
        } catch (StorageException e) {
            if (e.category() != Category.DISK_FULL) {
                throw e;
            }
            relief.run();
            return;
        }
        session.settle();
        history.forced(submitted);
    }

    /// Submits up to `count` changes under one hold of the append lock.
    private void change(int count) throws IOException {
        for (int attempt = 0; attempt < ROOM_ATTEMPTS; attempt++) {
            if (submit(count)) {
                return;
            }
            session.makeRoom();
        }
        throw new CrashFailure("there is no room, and none comes: " + engine.status(), session.failure());
    }

    /// @return false if there was no room for any
    private boolean submit(int count) throws IOException {
        engine.lock();
        try {
            for (int i = 0; i < count; i++) {
                if (!take(next())) {
                    return i > 0;
                }
            }
            return true;
        } finally {
            engine.unlock();
        }
    }

    /// Submits one change.
    ///
    /// @return false if there was no room for it
    boolean submit(StreamChange change) throws IOException {
        engine.lock();
        try {
            return take(change);
        } finally {
            engine.unlock();
        }
    }

    private boolean take(StreamChange change) throws IOException {
        history.begin(change);
        try {
            long group = hand(change);
            if (group >= 0) {
                history.taken(group);
                return true;
            }
        } catch (StorageException e) {
            if (isTrimmed(change, e)) {
                history.refused();
                return true;
            }
            if (e.category() == Category.DISK_FULL) {
                relief.run();
            } else if (e.category() != Category.NO_ROOM) {
                throw e;
            }
        }
        history.refused();
        return false;
    }

    private boolean isTrimmed(StreamChange change, StorageException refusal) {
        return refusal.category() == Category.TRIMMED
                && change instanceof StreamChange.Truncate truncate
                && history.latest().existing(truncate.key()).mayBeTrimmed(truncate.records());
    }

    /// Every other record comes to the engine as a copy of another engine's, the rest as its own.
    private long hand(StreamChange change) throws IOException {
        if (random.nextBoolean()) {
            LeaderRecord record = LeaderRecord.of(change);
            if (record != null) {
                LogStream stream = stream(change);
                return engine.appendCopy(
                        stream, stream.records(), record.type(), record.timestampMs(), record.payload());
            }
        }
        return switch (change) {
            case StreamChange.Create create ->
                engine.createStream(EngineSession.bytes(create.key())).createdGroup();
            case StreamChange.Append append ->
                engine.append(stream(change), ByteBuffer.wrap(append.payload().bytes()), append.timestampMs());
            case StreamChange.AppendBatch batch ->
                engine.appendBatch(
                        stream(change),
                        batch.payloads().stream()
                                .map(payload -> ByteBuffer.wrap(payload.bytes()))
                                .toList(),
                        batch.timestampMs());
            case StreamChange.AppendCursor cursor ->
                engine.appendCursor(stream(change), cursor.name(), cursor.cursor(), cursor.timestampMs());
            case StreamChange.SetAttribute attribute ->
                engine.setAttribute(stream(change), attribute.name(), EngineSession.bytes(attribute.value()));
            case StreamChange.Truncate truncate -> truncate(stream(change), truncate.records());
            case StreamChange.Trim trim -> engine.trim(stream(change), trim.entry());
            case StreamChange.Delete _ -> engine.delete(stream(change));
        };
    }

    /// Lets go of the lock to find the cut. Nothing else is appended meanwhile, and nothing committed.
    private long truncate(LogStream stream, long records) throws IOException {
        engine.unlock();
        StreamCut cut;
        try {
            cut = engine.cutAt(stream, records);
        } finally {
            engine.lock();
        }
        return engine.truncate(cut);
    }

    private LogStream stream(StreamChange change) {
        LogStream stream = engine.stream(EngineSession.bytes(change.key()));
        if (stream == null) {
            throw new CrashFailure("the engine does not know stream " + change.key(), null);
        }
        return stream;
    }

    private StreamChange next() {
        ModelState state = history.latest();
        List<String> keys = state.keys();
        List<String> absent = new ArrayList<>(EngineSession.Names.STREAMS);
        absent.removeAll(keys);
        int dice = random.nextInt(100);
        if (keys.isEmpty() || (dice < 6 && !absent.isEmpty())) {
            return new StreamChange.Create(pick(absent));
        }
        String key = pick(keys);
        StreamModel stream = state.existing(key);
        long nowMs = session.nowMs();
        if (dice < 62) {
            return new StreamChange.Append(key, payload(MAX_PAYLOAD_BYTES), nowMs);
        }
        if (dice < 76) {
            List<Payload> payloads = new ArrayList<>();
            for (int i = random.nextInt(MAX_BATCH); i >= 0; i--) {
                payloads.add(payload(MAX_PAYLOAD_BYTES / MAX_BATCH));
            }
            return new StreamChange.AppendBatch(key, payloads, nowMs);
        }
        if (dice < 86) {
            Cursor cursor = new Cursor(random.nextInt(5), random.nextInt(1_000));
            return new StreamChange.AppendCursor(key, pick(EngineSession.Names.CURSORS), cursor, nowMs);
        }
        if (dice < 90) {
            String value = Integer.toString(random.nextInt(1_000_000));
            return new StreamChange.SetAttribute(key, pick(EngineSession.Names.ATTRIBUTES), value);
        }
        StreamView view = stream.view();
        if (dice < 94) {
            long least = stream.recordsBeforeFirstEntry();
            // Often to the first record of a file, which then makes room for another of its name.
            long records = random.nextInt(3) == 0 ? least : random.nextLong(least, view.recordCount() + 1);
            return new StreamChange.Truncate(key, records);
        }
        if (dice < 98) {
            return new StreamChange.Trim(key, random.nextLong(view.firstEntry(), view.entryCount() + 1));
        }
        return new StreamChange.Delete(key);
    }

    private Payload payload(int maxBytes) {
        int dice = random.nextInt(100);
        int bound = dice < 5 ? 1 : dice < 40 ? 64 : dice < 80 ? 2_000 : dice < 98 ? maxBytes / 4 : maxBytes;
        return new Payload(random.nextLong(), random.nextInt(Math.min(bound, maxBytes)));
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
