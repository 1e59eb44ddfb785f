package io.walrus.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.StreamCut;
import io.walrus.testkit.disk.CrashOutcome;
import io.walrus.testkit.disk.Operation;
import io.walrus.testkit.disk.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Truncations that are not durable yet when something else happens.
class TruncationTest {
    private static final int ENTRY_BYTES = 8_000;
    private static final EngineConfig UNFORCED = EngineConfig.builder()
            .policy(FsyncPolicy.os())
            .blockBytes(64 << 10)
            .ringBlocks(4)
            .fileBytes(256 << 10)
            .checkpointBytes(512 << 10)
            .maxJournalBytes(2 << 20)
            .minFreeBytes(0)
            .build();

    private final SimDisk disk = new SimDisk();

    @Test
    void aFileIsNotReplacedBeforeTheTruncationThatDroppedItIsDurable() throws IOException {
        EngineSession session = new EngineSession(disk, UNFORCED, 1);
        LogStream stream = create(session);
        List<EntryView> before = append(session, stream, 0, 5);
        session.engine().checkpoint();

        List<List<EntryView>> acceptable = new ArrayList<>();
        acceptable.add(before);
        for (int count = 0; count <= 20; count++) {
            acceptable.add(entries(100, 100 + count));
        }
        disk.watch(boundary -> {
            for (int seed = 0; seed < 20; seed++) {
                assertThat(recovered(CrashOutcome.SCATTERED, seed))
                        .as("seed %s at %s", seed, boundary)
                        .isIn(acceptable);
            }
        });
        // All in one go, and more than half of what memory holds: the flush comes right behind the truncation.
        StreamCut cut = session.engine().cutAt(stream, 0);
        session.engine().lock();
        try {
            assertThat(session.engine().truncate(cut)).isNotNegative();
            for (int i = 100; i < 120; i++) {
                assertThat(session.engine().append(stream, entry(i), 1)).isNotNegative();
            }
        } finally {
            session.engine().unlock();
        }
        session.settle();
        session.throwFailure();
        assertThat(session.observe(stream, true).entries()).isEqualTo(entries(100, 120));
        assertThat(disk.files()).anyMatch(name -> name.startsWith("streams/"));
    }

    @Test
    void aCheckpointLosesNothingToATruncationThatComesWhileItIsTaken() throws IOException {
        EngineSession session = new EngineSession(disk, UNFORCED, 1);
        LogEngine engine = session.engine();
        LogStream stream = create(session);
        append(session, stream, 0, 5);
        List<Operation> seen = new ArrayList<>();
        disk.watch(boundary -> {
            try {
                if (boundary.path().startsWith("streams/") && boundary.operation() == Operation.FORCE) {
                    seen.add(Operation.FORCE);
                    append(engine, stream, 5);
                } else if (boundary.path().startsWith("journal/") && seen.equals(List.of(Operation.FORCE))) {
                    // The entry is committed with the checkpoint's own group, and in no file.
                    seen.add(Operation.TRUNCATE);
                    truncate(engine, stream, 2);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        session.engine().checkpoint();
        disk.watch(_ -> {});
        assertThat(seen).containsExactly(Operation.FORCE, Operation.TRUNCATE);
        assertThat(recovered(CrashOutcome.ALL_LOST, 1)).isIn(entries(0, 6), entries(0, 2));
        session.settle();
        session.throwFailure();
        assertThat(session.observe(stream, true).entries()).isEqualTo(entries(0, 2));
    }

    private List<EntryView> recovered(CrashOutcome outcome, long seed) {
        try {
            EngineSession session = new EngineSession(disk.survivors(outcome, seed), UNFORCED, 2);
            Map<String, StreamView> views = session.observe(true);
            StreamView view = views.get("a");
            assertThat(view).isNotNull();
            return view == null ? List.of() : view.entries();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void truncate(LogEngine engine, LogStream stream, long records) throws IOException {
        StreamCut cut = engine.cutAt(stream, records);
        engine.lock();
        try {
            assertThat(engine.truncate(cut)).isNotNegative();
        } finally {
            engine.unlock();
        }
    }

    private static LogStream create(EngineSession session) throws IOException {
        session.engine().lock();
        try {
            return session.engine().createStream(EngineSession.bytes("a"));
        } finally {
            session.engine().unlock();
        }
    }

    /// Appends and commits entries, one by one.
    private static List<EntryView> append(EngineSession session, LogStream stream, int from, int to)
            throws IOException {
        for (int i = from; i < to; i++) {
            append(session.engine(), stream, i);
            session.settle();
        }
        return entries(from, to);
    }

    private static void append(LogEngine engine, LogStream stream, int number) throws IOException {
        engine.lock();
        try {
            assertThat(engine.append(stream, entry(number), 1)).isNotNegative();
        } finally {
            engine.unlock();
        }
    }

    private static List<EntryView> entries(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> EntryView.of(1, entry(i)))
                .toList();
    }

    private static ByteBuffer entry(int number) {
        return ByteBuffer.wrap(new Payload(number, ENTRY_BYTES).bytes());
    }
}
