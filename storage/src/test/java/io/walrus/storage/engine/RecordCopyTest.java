package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.RecordType;
import io.walrus.storage.stream.StreamFileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records move from one engine to another and are the same there.
class RecordCopyTest {
    private static final int LENGTH_AT = 4;
    private static final byte[] KEY = "segment".getBytes(StandardCharsets.UTF_8);
    private static final EngineConfig SMALL = EngineConfig.builder()
            .blockBytes(64 << 10)
            .ringBlocks(4)
            .fileBytes(256 << 10)
            .checkpointBytes(512 << 10)
            .maxJournalBytes(2 << 20)
            .streamFileBytes(16 << 10)
            .minFreeBytes(0)
            .build();

    @TempDir
    Path folder;

    @Test
    void aCopyHasTheSameRecordsCountsAndCursors() throws IOException {
        List<String> expected;
        try (LogEngine leader = open("leader");
                LogEngine follower = open("follower")) {
            LogStream original = create(leader);
            LogStream copy = create(follower);
            appendAllKinds(leader, original, 0, 40);
            copyAll(leader, original, follower, copy);
            leader.checkpoint();
            appendAllKinds(leader, original, 40, 60);
            copyAll(leader, original, follower, copy);

            expected = records(leader, original, 0);
            assertThat(expected).hasSize(3 * 60);
            assertThat(records(follower, copy, 0)).isEqualTo(expected);
            assertThat(copy.cursors()).isEqualTo(original.cursors()).hasSize(2);
            assertThat(copy.durableEntries())
                    .isEqualTo(original.durableEntries())
                    .isEqualTo(4 * 60);
            assertThat(copy.durableBytes()).isEqualTo(original.durableBytes());
        }
        try (LogEngine follower = open("follower")) {
            LogStream copy = find(follower);
            assertThat(records(follower, copy, 0)).isEqualTo(expected);
            assertThat(copy.cursors()).hasSize(2);
        }
    }

    @Test
    void recordsAreCountedAndCutWithoutRegardToTheirKind() throws IOException {
        try (LogEngine engine = open("one")) {
            LogStream stream = create(engine);
            appendAllKinds(engine, stream, 0, 10);
            List<String> all = records(engine, stream, 0);
            for (int keep : new int[] {29, 28, 27, 5, 4, 0}) {
                StreamCut cut = engine.cutAt(stream, keep);
                engine.awaitDurable(locked(engine, () -> engine.truncate(cut)));
                assertThat(records(engine, stream, 0)).isEqualTo(all.subList(0, keep));
                if (keep == 27) {
                    engine.checkpoint();
                }
            }
        }
    }

    @Test
    void aLeaderReadsWhatItAppendedBeforeItIsCommitted() throws IOException {
        try (LogEngine engine = open("one")) {
            LogStream stream = create(engine);
            ReadBuffer appended = new ReadBuffer(1 << 20);
            ReadBuffer committed = new ReadBuffer(1 << 20);
            appendAllKinds(engine, stream, 0, 5);
            engine.lock();
            try {
                engine.append(stream, ByteBuffer.wrap(new byte[] {7}), 99);
                assertThat(engine.readAppendedRecords(stream, 14, appended)).isTrue();
                assertThat(engine.readRecordsInMemory(stream, 14, committed)).isTrue();
            } finally {
                engine.unlock();
            }
            assertThat(committed.count()).isEqualTo(1);
            assertThat(appended.count()).isEqualTo(2);
            assertThat(appended.offset(1)).isEqualTo(15);
            assertThat(appended.bytes(1)).containsExactly(7);
            assertThat(appended.timestamp(1)).isEqualTo(99);
            engine.checkpoint();
            assertThat(engine.readRecordsInMemory(stream, 14, committed)).isFalse();
        }
    }

    /// Records are found behind a damaged one, so that a copy of the stream gets all that is intact.
    @Test
    void whatLiesBehindADamagedRecordCanBeCopied() throws IOException {
        List<String> all;
        try (LogEngine engine = open("one")) {
            LogStream stream = create(engine);
            appendAllKinds(engine, stream, 0, 20);
            all = records(engine, stream, 0);
            engine.checkpoint();
        }
        int payload = RecordFormat.HEADER_BYTES;
        Path file = onlyFile("one");
        int damaged = 24;
        flip(file, offsetOf(file, damaged) + payload);
        try (LogEngine engine = open("one")) {
            LogStream stream = find(engine);
            ReadBuffer read = new ReadBuffer(1 << 20);
            assertDamaged(() -> engine.readRecords(stream, damaged, read));
            assertThat(records(engine, stream, damaged + 1)).isEqualTo(all.subList(damaged + 1, all.size()));
        }

        flip(file, offsetOf(file, damaged) + LENGTH_AT);
        try (LogEngine engine = open("one")) {
            LogStream stream = find(engine);
            assertDamaged(() -> engine.readRecords(stream, damaged, new ReadBuffer(1 << 20)));
            assertThat(records(engine, stream, damaged + 1)).isEqualTo(all.subList(damaged + 1, all.size()));
        }
    }

    private static void assertDamaged(ThrowingCallable read) {
        assertThatThrownBy(read)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.category()).isEqualTo(Category.CORRUPT));
    }

    private Path onlyFile(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name).resolve("streams"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    /// Where a record of a file begins, told from the headers before it.
    private static int offsetOf(Path file, int record) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int offset = StreamFileHeader.BYTES;
        for (int i = 0; i < record; i++) {
            offset += RecordFormat.sizeOf(bytes.getInt(offset + LENGTH_AT));
        }
        return offset;
    }

    private static void flip(Path file, int offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[offset] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void theFirstRecordKeptIsWhereACopyCanStart() throws IOException {
        try (LogEngine engine = open("one")) {
            LogStream stream = create(engine);
            for (int i = 0; i < 100; i++) {
                appendAllKinds(engine, stream, i, i + 1);
                engine.checkpoint();
            }
            assertThat(stream.firstRecord()).isZero();
            engine.awaitDurable(locked(engine, () -> engine.trim(stream, stream.entries() - 1)));
            long first = stream.firstRecord();
            assertThat(first).isPositive();
            assertThat(records(engine, stream, first)).hasSize((int) (300 - first));
            assertThatThrownBy(() -> engine.readRecords(stream, first - 1, new ReadBuffer(1)))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.category()).isEqualTo(Category.TRIMMED))
                    .hasMessageContaining("Record " + (first - 1));
        }
    }

    @Test
    void whatIsNoRecordIsNotCopied() throws IOException {
        try (LogEngine engine = open("one")) {
            LogStream stream = create(engine);
            ByteBuffer entry = ByteBuffer.wrap(new byte[] {1});
            assertThatThrownBy(() -> copy(engine, stream, 1, RecordType.ENTRY, entry))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("record 1");
            assertThatThrownBy(() -> copy(engine, stream, 0, RecordType.TRUNCATE, entry))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("TRUNCATE");
            damaged(engine, stream, RecordType.BATCH, bytes(0).flip());
            damaged(engine, stream, RecordType.BATCH, bytes(2, 1, 0x7f).flip());
            damaged(engine, stream, RecordType.BATCH, bytes(1, 4).flip());
            damaged(engine, stream, RecordType.BATCH, bytes(1, -1).flip());
            damaged(engine, stream, RecordType.BATCH, bytes(1, 0, 0).flip());
            damaged(engine, stream, RecordType.BATCH, ByteBuffer.allocate(3));
            damaged(engine, stream, RecordType.CURSOR, ByteBuffer.allocate(15));
            damaged(engine, stream, RecordType.CURSOR, bytes(0, -1, 0, 0).flip());
            assertThat(stream.records()).isZero();
            engine.awaitDurable(copy(engine, stream, 0, RecordType.ENTRY, entry));
            assertThat(stream.durableEntries()).isEqualTo(1);
        }
    }

    private static void damaged(LogEngine engine, LogStream stream, byte type, ByteBuffer payload) {
        assertThatThrownBy(() -> copy(engine, stream, 0, type, payload))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.category()).isEqualTo(Category.CORRUPT))
                .hasMessageContaining(RecordType.nameOf(type));
    }

    private static long copy(LogEngine engine, LogStream stream, long sequence, byte type, ByteBuffer payload)
            throws IOException {
        return locked(engine, () -> engine.appendCopy(stream, sequence, type, 1, payload));
    }

    private static ByteBuffer bytes(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes;
    }

    private static void copyAll(LogEngine leader, LogStream original, LogEngine follower, LogStream copy)
            throws IOException {
        ReadBuffer records = new ReadBuffer(10_000);
        long group = -1;
        while (copy.records() < original.durableRecords()) {
            if (!leader.readRecordsInMemory(original, copy.records(), records)) {
                leader.readRecords(original, copy.records(), records);
            }
            for (int i = 0; i < records.count(); i++) {
                int index = i;
                group = locked(
                        follower,
                        () -> follower.appendCopy(
                                copy,
                                records.offset(index),
                                records.type(index),
                                records.timestamp(index),
                                records.payload(index)));
                assertThat(group).isNotEqualTo(LogEngine.NO_ROOM);
            }
        }
        follower.awaitDurable(group);
    }

    /// An entry, a batch of three and a cursor for each number.
    private static void appendAllKinds(LogEngine engine, LogStream stream, int from, int to) throws IOException {
        long group = -1;
        for (int i = from; i < to; i++) {
            int number = i;
            byte[] entry = new byte[number * 7];
            java.util.Arrays.fill(entry, (byte) number);
            List<ByteBuffer> batch =
                    List.of(ByteBuffer.wrap(entry), ByteBuffer.allocate(0), ByteBuffer.wrap(new byte[] {1, 2}));
            group = locked(engine, () -> {
                engine.append(stream, ByteBuffer.wrap(entry), number);
                engine.appendBatch(stream, batch, number);
                return engine.appendCursor(stream, "reader " + number % 2, new Cursor(number, number), number);
            });
        }
        engine.awaitDurable(group);
    }

    private static List<String> records(LogEngine engine, LogStream stream, long from) throws IOException {
        List<String> records = new ArrayList<>();
        ReadBuffer buffer = new ReadBuffer(4_000);
        long next = from;
        while (next < stream.durableRecords()) {
            engine.readRecords(stream, next, buffer);
            for (int i = 0; i < buffer.count(); i++) {
                records.add(buffer.offset(i) + " " + RecordType.nameOf(buffer.type(i)) + " " + buffer.timestamp(i) + " "
                        + HexFormat.of().formatHex(buffer.bytes(i)));
            }
            next = buffer.nextOffset();
        }
        return records;
    }

    private interface Change {
        long make() throws IOException;
    }

    private static long locked(LogEngine engine, Change change) throws IOException {
        engine.lock();
        try {
            return change.make();
        } finally {
            engine.unlock();
        }
    }

    private LogEngine open(String name) throws IOException {
        return LogEngine.open(folder.resolve(name), SMALL, EngineListener.NONE);
    }

    private static LogStream create(LogEngine engine) throws IOException {
        engine.lock();
        try {
            return engine.createStream(KEY);
        } finally {
            engine.unlock();
        }
    }

    private static LogStream find(LogEngine engine) {
        return java.util.Objects.requireNonNull(engine.stream(KEY));
    }
}
