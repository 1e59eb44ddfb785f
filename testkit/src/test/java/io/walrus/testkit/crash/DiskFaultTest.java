package io.walrus.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineStatus.State;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.testkit.disk.CrashOutcome;
import io.walrus.testkit.disk.Operation;
import io.walrus.testkit.disk.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// A disk that fails calls, or is full.
class DiskFaultTest {
    private static final int ENTRY_BYTES = 2_000;

    private final SimDisk disk = new SimDisk();

    @Test
    void endsPendingAppendsAsUnknownWhenAJournalWriteFails() throws IOException {
        journalFailure(FsyncPolicy.group(), Operation.WRITE);
    }

    @Test
    void endsPendingAppendsAsUnknownWhenAnUnforcedJournalWriteFails() throws IOException {
        journalFailure(FsyncPolicy.os(), Operation.WRITE);
    }

    @Test
    void becomesReadOnlyWhenAForceOfTheJournalFails() throws IOException {
        EngineSession session = new EngineSession(disk, config(FsyncPolicy.interval(10)), 1);
        LogStream stream = create(session);
        List<EntryView> committed = fill(session, stream, 5);
        disk.failAlways(Operation.FORCE, "journal/", 0);
        session.pass(10);
        session.pass(10);
        checkReadOnly(session, stream, committed);
    }

    @Test
    void saysThatACheckpointFailedWhoseJournalCouldNotBeForced() throws IOException {
        EngineSession session = new EngineSession(disk, config(FsyncPolicy.os()), 1);
        LogStream stream = create(session);
        List<EntryView> committed = fill(session, stream, 5);
        disk.failOnce(Operation.FORCE, "journal/", 0);
        assertCategory(Category.READ_ONLY, () -> session.engine().checkpoint());
        checkReadOnly(session, stream, committed);
    }

    @Test
    void saysThatAClosedEngineCouldNotForceItsJournal() throws IOException {
        EngineSession session = new EngineSession(disk, config(FsyncPolicy.os()), 1);
        fill(session, create(session), 5);
        disk.failOnce(Operation.FORCE, "journal/", 0);
        assertCategory(Category.READ_ONLY, session::close);
    }

    @Test
    void forcesWhatItAcknowledgedWhenItClosesOnAFullDisk() throws IOException {
        for (FsyncPolicy policy : List.of(FsyncPolicy.os(), FsyncPolicy.interval(10))) {
            SimDisk full = new SimDisk();
            EngineSession session = new EngineSession(full, config(policy), 1);
            List<EntryView> committed = fill(session, create(session), 20);
            full.limitCapacity(full.usedBytes());
            session.close();
            assertThat(reopened(full.survivors(CrashOutcome.ALL_LOST, 1), config(policy)))
                    .isEqualTo(committed);
        }
    }

    @Test
    void saysThatAClosedEngineCouldNotForceItsJournalOnAFullDisk() throws IOException {
        EngineSession session = new EngineSession(disk, config(FsyncPolicy.os()), 1);
        fill(session, create(session), 20);
        disk.limitCapacity(disk.usedBytes());
        disk.failOnce(Operation.FORCE, "journal/", 0);
        assertCategory(Category.READ_ONLY, session::close);
    }

    @Test
    void survivesAFailedWriteOfAStreamFileAsReadOnly() throws IOException {
        EngineSession session = new EngineSession(disk, config(FsyncPolicy.group()), 1);
        LogStream stream = create(session);
        List<EntryView> committed = fill(session, stream, 20);
        disk.failOnce(Operation.WRITE, "streams/", 0);
        try {
            session.engine().checkpoint();
        } catch (StorageException e) {
            assertThat(e.category()).isIn(Category.IO, Category.READ_ONLY);
        }
        session.settle();
        checkReadOnly(session, stream, committed);
    }

    /// A file that was written to and not forced makes way for another one that is read.
    @Test
    void noReadHearsOfAFailedForceInPlaceOfTheCheckpointThatCountsOnIt() throws IOException {
        EngineConfig config = builder(FsyncPolicy.group())
                .checkpointBytes(1 << 20)
                .maxJournalBytes(2 << 20)
                .maxOpenFiles(1)
                .build();
        EngineSession session = new EngineSession(disk, config, 1);
        LogStream read = create(session, "b");
        List<EntryView> forced = fill(session, read, 5);
        session.engine().checkpoint();
        LogStream stream = create(session, "a");
        List<EntryView> committed = fill(session, stream, 60);
        disk.failOnce(Operation.FORCE, "streams/", 0);
        assertThat(session.observe(read, true).entries()).isEqualTo(forced);
        assertCategory(Category.READ_ONLY, () -> session.engine().checkpoint());
        checkReadOnly(session, stream, committed);
        session.close();
        assertThat(reopened(config, CrashOutcome.ALL_LOST)).isEqualTo(committed);
    }

    @Test
    void goesOnWhenTheDiskHasRoomAgain() throws IOException {
        EngineSession session = new EngineSession(disk, config(FsyncPolicy.group()), 1);
        LogStream stream = create(session);
        List<EntryView> committed = fill(session, stream, 20);
        disk.limitCapacity(disk.usedBytes());
        StorageException refusal = appendUntilRefused(session, stream, committed);
        assertThat(refusal.category()).isEqualTo(Category.DISK_FULL);
        assertThat(session.failure()).isNull();
        assertThat(session.engine().status().state()).isEqualTo(State.DISK_FULL);
        assertThat(session.observe(stream, false).entries()).isEqualTo(committed);
        assertThat(session.observe(stream, true).entries()).isEqualTo(committed);

        disk.limitCapacity(Long.MAX_VALUE);
        for (int i = 0; i < 10; i++) {
            session.pass(1_000);
        }
        assertThat(session.engine().status().state()).isEqualTo(State.OK);
        committed.addAll(fill(session, stream, 100));
        assertThat(session.observe(stream, true).entries()).isEqualTo(committed);
        session.close();
        assertThat(reopened(config(FsyncPolicy.group()), CrashOutcome.ALL_LOST)).isEqualTo(committed);
    }

    @Test
    void keepsAllThatWasAcknowledgedWhenTheMachineStopsWithAFullDisk() throws IOException {
        EngineSession session = new EngineSession(disk, config(FsyncPolicy.group()), 1);
        LogStream stream = create(session);
        List<EntryView> committed = fill(session, stream, 20);
        disk.limitCapacity(disk.usedBytes() + 10_000);
        appendUntilRefused(session, stream, committed);
        for (CrashOutcome outcome : CrashOutcome.values()) {
            assertThat(reopened(config(FsyncPolicy.group()), outcome)).isEqualTo(committed);
        }
    }

    private void journalFailure(FsyncPolicy policy, Operation operation) throws IOException {
        EngineSession session = new EngineSession(disk, config(policy), 1);
        LogEngine engine = session.engine();
        LogStream stream = create(session);
        List<EntryView> committed = fill(session, stream, 5);
        disk.failOnce(operation, "journal/", 0);
        ByteBuffer entry = entry(99);
        long group = append(engine, stream, entry);
        session.settle();
        assertThat(engine.durableGroup()).isLessThan(group);
        assertCategory(Category.OUTCOME_UNKNOWN, () -> engine.awaitDurable(group));
        checkReadOnly(session, stream, committed);
        session.close();

        List<EntryView> found = reopened(config(policy), CrashOutcome.PROCESS_KILLED);
        List<EntryView> withPending = new ArrayList<>(committed);
        withPending.add(EntryView.of(1, entry));
        assertThat(found).isIn(committed, withPending);
    }

    private static void checkReadOnly(EngineSession session, LogStream stream, List<EntryView> committed)
            throws IOException {
        LogEngine engine = session.engine();
        assertThat(session.failure()).isNotNull();
        assertThat(engine.status().state()).isEqualTo(State.READ_ONLY);
        assertThat(engine.status().reason()).isNotEmpty();
        assertCategory(Category.READ_ONLY, () -> append(engine, stream, entry(100)));
        assertThat(session.observe(stream, false).entries()).isEqualTo(committed);
        assertThat(session.observe(stream, true).entries()).isEqualTo(committed);
    }

    private static void assertCategory(Category category, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.category()).isEqualTo(category));
    }

    private List<EntryView> reopened(EngineConfig config, CrashOutcome outcome) throws IOException {
        return reopened(disk.survivors(outcome, 1), config);
    }

    private static List<EntryView> reopened(SimDisk survivors, EngineConfig config) throws IOException {
        EngineSession session = new EngineSession(survivors, config, 2);
        Map<String, StreamView> views = session.observe(true);
        StreamView view = views.get("a");
        assertThat(view).isNotNull();
        return view == null ? List.of() : view.entries();
    }

    private static EngineConfig config(FsyncPolicy policy) {
        return builder(policy).build();
    }

    private static EngineConfig.Builder builder(FsyncPolicy policy) {
        return EngineConfig.builder()
                .policy(policy)
                .blockBytes(64 << 10)
                .ringBlocks(3)
                .fileBytes(64 << 10)
                .checkpointBytes(128 << 10)
                .maxJournalBytes(256 << 10)
                .streamFileBytes(32 << 10)
                .minFreeBytes(0);
    }

    private static LogStream create(EngineSession session) throws IOException {
        return create(session, "a");
    }

    private static LogStream create(EngineSession session, String key) throws IOException {
        LogEngine engine = session.engine();
        engine.lock();
        try {
            return engine.createStream(EngineSession.bytes(key));
        } finally {
            engine.unlock();
        }
    }

    /// Appends and commits entries, one by one.
    private static List<EntryView> fill(EngineSession session, LogStream stream, int count) throws IOException {
        List<EntryView> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = entry(i);
            long group = append(session.engine(), stream, entry);
            for (int tries = 0; group < 0; tries++) {
                assertThat(tries).as("attempts to find room").isLessThan(20);
                session.makeRoom();
                group = append(session.engine(), stream, entry);
            }
            session.settle();
            assertThat(session.engine().durableGroup()).isGreaterThanOrEqualTo(group);
            entries.add(EntryView.of(1, entry));
        }
        return entries;
    }

    private static StorageException appendUntilRefused(
            EngineSession session, LogStream stream, List<EntryView> committed) throws IOException {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            ByteBuffer entry = entry(attempt);
            try {
                long group = append(session.engine(), stream, entry);
                if (group < 0) {
                    session.makeRoom();
                } else {
                    session.settle();
                    assertThat(session.engine().durableGroup()).isGreaterThanOrEqualTo(group);
                    committed.add(EntryView.of(1, entry));
                }
            } catch (StorageException e) {
                return e;
            }
        }
        throw new AssertionError(
                "appends go on with a full disk: " + session.engine().status());
    }

    private static long append(LogEngine engine, LogStream stream, ByteBuffer entry) throws IOException {
        engine.lock();
        try {
            return engine.append(stream, entry.duplicate(), 1);
        } finally {
            engine.unlock();
        }
    }

    private static ByteBuffer entry(int number) {
        return ByteBuffer.wrap(new Payload(number, ENTRY_BYTES).bytes());
    }
}
