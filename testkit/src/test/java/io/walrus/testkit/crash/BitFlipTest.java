package io.walrus.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.engine.RecoveryReport;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.testkit.disk.CrashOutcome;
import io.walrus.testkit.disk.Operation;
import io.walrus.testkit.disk.SimDisk;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Turns over one bit anywhere in any file: what is damaged is refused, never answered, never missing.
///
/// Two exceptions. Bytes that mean nothing (padding, spare files, the journal below the checkpoint) do no harm. And
/// after an unclean stop damage in the very last group cannot be told from a write that was cut short.
class BitFlipTest {
    private static final int STREAMS = 3;
    private static final int HEADER_BYTES = 96;
    private static final int SAMPLES_PER_FILE = 120;

    private final long seed = Long.getLong("walrus.flip.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Map<String, Integer> refusedAtOpening = new HashMap<>();
    private final Map<String, Integer> refusedAtReading = new HashMap<>();

    private SimDisk disk = new SimDisk();
    private ModelState expected = ModelState.EMPTY;
    private ModelState beforeLastGroup = ModelState.EMPTY;
    private String lastGroupFile = "";
    private long lastGroupStart;
    private long lastGroupEnd;

    @Test
    void isDetectedInADirectoryThatWasClosed() throws IOException {
        write(true);
        flipEverywhere();
        assertThat(refusedAtOpening).containsKeys("manifest");
        assertThat(refusedAtReading).containsKeys("streams");
    }

    @Test
    void isDetectedInADirectoryWhoseOwnerWasKilled() throws IOException {
        write(false);
        flipEverywhere();
        assertThat(refusedAtOpening).containsKeys("manifest", "journal");
        assertThat(refusedAtReading).containsKeys("streams");
    }

    private static EngineConfig config() {
        return EngineConfig.builder()
                .policy(FsyncPolicy.group())
                .blockBytes(64 << 10)
                .ringBlocks(4)
                .fileBytes(128 << 10)
                .checkpointBytes(4 << 20)
                .maxJournalBytes(5 << 20)
                .streamFileBytes(32 << 10)
                .minFreeBytes(0)
                .build();
    }

    /// Entries in stream files, entries only in the journal, cursors, attributes, a trim, and a single last entry.
    private void write(boolean close) throws IOException {
        System.out.println("bit flip seed " + seed);
        EngineSession session = new EngineSession(disk, config(), seed);
        History history = new History(expected);
        for (int i = 0; i < STREAMS; i++) {
            submit(session, history, new StreamChange.Create(key(i)));
        }
        appendSome(session, history, 60);
        session.engine().checkpoint();
        session.settle();
        submit(session, history, new StreamChange.Trim(key(0), 3));
        submit(session, history, new StreamChange.SetAttribute(key(1), EngineSession.Names.ATTRIBUTES.getFirst(), "7"));
        appendSome(session, history, 40);
        beforeLastGroup = history.latest();
        disk.watch(boundary -> {
            if (boundary.operation() == Operation.WRITE && boundary.path().startsWith("journal/")) {
                lastGroupFile = boundary.path();
                lastGroupStart = boundary.position();
                lastGroupEnd = boundary.position() + boundary.length();
            }
        });
        submit(session, history, new StreamChange.Append(key(2), new Payload(seed, 700), session.nowMs()));
        disk.watch(_ -> {});
        expected = history.latest();
        if (close) {
            session.close();
            lastGroupFile = "";
        }
        disk = disk.survivors(CrashOutcome.PROCESS_KILLED, seed);
    }

    private void appendSome(EngineSession session, History history, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Payload payload = new Payload(random.nextLong(), random.nextInt(3_000));
            submit(session, history, new StreamChange.Append(key(i % STREAMS), payload, session.nowMs()));
        }
    }

    private static void submit(EngineSession session, History history, StreamChange change) throws IOException {
        SplittableRandom unused = new SplittableRandom(0);
        Workload workload = new Workload(session, config().policy(), history, unused, () -> {});
        assertThat(workload.submit(change)).isTrue();
        session.settle();
    }

    private static String key(int number) {
        return EngineSession.Names.STREAMS.get(number);
    }

    private void flipEverywhere() throws IOException {
        for (String path : disk.files()) {
            int size = disk.bytes(path).length;
            for (int offset = 0; offset < Math.min(size, HEADER_BYTES); offset++) {
                flip(path, offset);
            }
            for (int i = 0; i < SAMPLES_PER_FILE && size > HEADER_BYTES; i++) {
                // Half of the samples where the file is not all zero.
                int offset = random.nextInt(HEADER_BYTES, size);
                byte[] bytes = disk.bytes(path);
                for (int tries = 0; i % 2 == 0 && tries < 100 && bytes[offset] == 0; tries++) {
                    offset = random.nextInt(HEADER_BYTES, size);
                }
                flip(path, offset);
            }
        }
        System.out.println("refused at opening " + refusedAtOpening + ", at reading " + refusedAtReading);
    }

    private void flip(String path, int offset) throws IOException {
        int bit = random.nextInt(8);
        String what = "seed %d, bit %d of byte %d of %s".formatted(seed, bit, offset, path);
        SimDisk damaged = disk.survivors(CrashOutcome.PROCESS_KILLED, 1);
        damaged.flipBit(path, offset, bit);
        EngineSession session;
        try {
            session = new EngineSession(damaged, config(), seed);
        } catch (StorageException e) {
            checkRefusal(e, path, what);
            refusedAtOpening.merge(kind(path), 1, Integer::sum);
            return;
        }
        boolean inLastGroup = path.equals(lastGroupFile) && offset >= lastGroupStart && offset < lastGroupEnd;
        compare(session, inLastGroup && lacksLastGroup(session) ? beforeLastGroup : expected, path, what);
        try {
            session.close();
        } catch (StorageException e) {
            checkRefusal(e, path, what);
        }
    }

    /// The last group of a killed owner, damaged, looks as if it had never been finished, and is dropped as a whole.
    private boolean lacksLastGroup(EngineSession session) {
        RecoveryReport report = session.engine().recovery();
        LogStream stream = session.engine().stream(EngineSession.bytes(key(2)));
        return report.tornTail()
                || stream == null
                || stream.durableRecords() < expected.existing(key(2)).view().recordCount();
    }

    private void compare(EngineSession session, ModelState state, String path, String what) throws IOException {
        LogEngine engine = session.engine();
        assertThat(engine.streams()).as(what).hasSize(state.keys().size());
        for (String key : state.keys()) {
            LogStream stream = engine.stream(EngineSession.bytes(key));
            assertThat(stream).as(what).isNotNull();
            if (stream == null) {
                continue;
            }
            StreamView view = state.existing(key).view();
            assertThat(stream.durableRecords()).as(what).isEqualTo(view.recordCount());
            assertThat(stream.durableEntries()).as(what).isEqualTo(view.entryCount());
            assertThat(stream.firstEntry()).as(what).isEqualTo(view.firstEntry());
            readEach(engine, stream, view, path, what);
        }
    }

    /// Starts a read at each entry: it answers what was written, or says that it cannot.
    private void readEach(LogEngine engine, LogStream stream, StreamView view, String path, String what)
            throws IOException {
        ReadBuffer buffer = new ReadBuffer(4 << 10);
        for (long entry = view.firstEntry(); entry < view.entryCount(); entry++) {
            try {
                engine.readFromDisk(stream, entry, buffer);
            } catch (StorageException e) {
                checkRefusal(e, path, what);
                refusedAtReading.merge(kind(path), 1, Integer::sum);
                continue;
            }
            assertThat(buffer.count()).as("%s: entries from %d", what, entry).isPositive();
            for (int i = 0; i < buffer.count(); i++) {
                assertThat(buffer.offset(i)).as(what).isEqualTo(entry + i);
                assertThat(EntryView.of(buffer.timestamp(i), buffer.payload(i)))
                        .as("%s: entry %d", what, entry + i)
                        .isEqualTo(view.entries().get((int) (entry + i - view.firstEntry())));
            }
        }
    }

    private static void checkRefusal(StorageException e, String path, String what) {
        assertThat(e.category()).as("%s: %s", what, e).isIn(Category.CORRUPT, Category.FOREIGN);
        assertThat(e).as(what).hasMessageContaining(path.substring(path.lastIndexOf('/') + 1));
    }

    private static String kind(String path) {
        int slash = path.indexOf('/');
        return slash > 0 ? path.substring(0, slash) : path.replaceAll("[^a-zA-Z].*", "");
    }
}
