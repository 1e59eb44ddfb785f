package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine on the real disk, with files so small that everything turns over often.
class LogEngineTest {
    private final RoomRounds room = new RoomRounds();

    @TempDir
    Path folder;

    private static EngineConfig config(String policy) {
        FsyncPolicy fsync =
                switch (policy) {
                    case "group" -> FsyncPolicy.group();
                    case "interval" -> FsyncPolicy.interval(5);
                    default -> FsyncPolicy.os();
                };
        return EngineConfig.builder()
                .policy(fsync)
                .blockBytes(64 << 10)
                .ringBlocks(4)
                .fileBytes(256 << 10)
                .checkpointBytes(512 << 10)
                .maxJournalBytes(2 << 20)
                .streamFileBytes(128 << 10)
                .minFreeBytes(0)
                .maxOpenFiles(4)
                .build();
    }

    private LogEngine open(Path directory, String policy) throws IOException {
        return LogEngine.open(directory, config(policy), room);
    }

    private static LogStream create(LogEngine engine, String key) throws IOException {
        engine.lock();
        try {
            return engine.createStream(key.getBytes(StandardCharsets.UTF_8));
        } finally {
            engine.unlock();
        }
    }

    private static LogStream find(LogEngine engine, String key) {
        LogStream stream = engine.stream(key.getBytes(StandardCharsets.UTF_8));
        assertThat(stream).isNotNull();
        return java.util.Objects.requireNonNull(stream);
    }

    private static byte[] entry(int stream, long number) {
        Random random = new Random(stream * 1_000_003L + number);
        byte[] bytes = new byte[random.nextInt(1200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void appendAll(LogEngine engine, LogStream stream, int from, int to) throws StorageException {
        long group = -1;
        for (int i = from; i < to; i++) {
            byte[] bytes = entry(stream.id(), i);
            group = Changes.apply(engine, room, () -> engine.append(stream, ByteBuffer.wrap(bytes), 7));
        }
        if (group >= 0) {
            engine.awaitDurable(group);
        }
    }

    private static void checkAll(LogEngine engine, LogStream stream, int count) throws IOException {
        ReadBuffer buffer = new ReadBuffer(10_000);
        assertThat(stream.durableEntries()).isEqualTo(count);
        long next = stream.firstEntry();
        while (next < count) {
            if (!engine.read(stream, next, buffer)) {
                engine.readFromDisk(stream, next, buffer);
            }
            assertThat(buffer.isEmpty()).as("entry %s of %s", next, count).isFalse();
            for (int i = 0; i < buffer.count(); i++) {
                assertThat(buffer.offset(i)).isEqualTo(next);
                assertThat(buffer.bytes(i)).isEqualTo(entry(stream.id(), next));
                next++;
            }
        }
        engine.readFromDisk(stream, count, buffer);
        assertThat(buffer.isEmpty()).isTrue();
    }

    /// What a kill of the process would leave behind: copied until no file came or went meanwhile.
    private Path copyOf(Path directory, String name) throws IOException {
        for (int attempt = 0; ; attempt++) {
            Path copy = folder.resolve(name + "-" + attempt);
            try {
                List<Path> before = filesOf(directory);
                for (Path file : before) {
                    Path target = copy.resolve(directory.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(file, target);
                    }
                }
                if (filesOf(directory).equals(before)) {
                    return copy;
                }
            } catch (NoSuchFileException | UncheckedIOException _) {
                // Renamed or deleted while it was being copied: once more.
            }
        }
    }

    private static List<Path> filesOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "interval", "os"})
    void whatWasCommittedIsReadBackAtOnceAndAfterReopening(String policy) throws IOException {
        Path directory = folder.resolve("data");
        try (LogEngine engine = open(directory, policy)) {
            LogStream a = create(engine, "a");
            LogStream b = create(engine, "b");
            appendAll(engine, a, 0, 300);
            appendAll(engine, b, 0, 3000);
            appendAll(engine, a, 300, 600);
            checkAll(engine, a, 600);
            checkAll(engine, b, 3000);
        }
        try (LogEngine engine = open(directory, policy)) {
            assertThat(engine.recovery().clean()).isTrue();
            assertThat(engine.recovery().bytes()).isLessThanOrEqualTo((2 + 1) * (64 << 10));
            checkAll(engine, find(engine, "a"), 600);
            checkAll(engine, find(engine, "b"), 3000);
            appendAll(engine, find(engine, "b"), 3000, 3100);
        }
        try (LogEngine engine = open(directory, policy)) {
            checkAll(engine, find(engine, "b"), 3100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "os"})
    void whatWasCommittedSurvivesAKillManyTimesOver(String policy) throws IOException {
        Path directory = folder.resolve("data0");
        int count = 0;
        for (int life = 1; life <= 6; life++) {
            LogEngine engine = open(directory, policy);
            LogStream stream = life == 1 ? create(engine, "s") : find(engine, "s");
            checkAll(engine, stream, count);
            appendAll(engine, stream, count, count + 150 * life);
            count += 150 * life;
            checkAll(engine, stream, count);
            if (life % 3 == 0) {
                engine.checkpoint();
            }
            appendAll(engine, stream, count, count + 37);
            count += 37;
            Path next = copyOf(directory, "data" + life);
            engine.close();
            directory = next;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "os"})
    void entriesLargerThanWhatIsGatheredReachTheirFiles(String policy) throws IOException {
        EngineConfig large = EngineConfig.builder()
                .policy(config(policy).policy())
                .minFreeBytes(0)
                .build();
        List<byte[]> entries = new ArrayList<>();
        for (int i = -3; i <= 3; i++) {
            entries.add(new byte[(1 << 20) + i * 1500]);
            entries.add(new byte[100]);
        }
        entries.add(new byte[3 << 20]);
        new Random(1).nextBytes(entries.getLast());
        Path directory = folder.resolve("data");
        try (LogEngine engine = LogEngine.open(directory, large, room)) {
            LogStream stream = create(engine, "s");
            for (byte[] bytes : entries) {
                engine.awaitDurable(
                        Changes.apply(engine, room, () -> engine.append(stream, ByteBuffer.wrap(bytes), 7)));
                engine.checkpoint();
            }
        }
        try (LogEngine engine = LogEngine.open(directory, large, room)) {
            LogStream stream = find(engine, "s");
            ReadBuffer buffer = new ReadBuffer(10_000);
            for (int i = 0; i < entries.size(); i++) {
                engine.readFromDisk(stream, i, buffer);
                assertThat(buffer.bytes(0)).isEqualTo(entries.get(i));
            }
        }
    }

    /// The directory keeps its blocks, and the memory is what was asked for.
    @Test
    void aDirectoryWithLargerBlocksTakesNoMoreMemory() {
        EngineConfig config =
                EngineConfig.builder().blockBytes(1 << 20).ringBlocks(16).build();
        assertThat(config.ringBlocksOf(1 << 20)).isEqualTo(16);
        assertThat(config.ringBlocksOf(4 << 20)).isEqualTo(4);
        assertThat(config.ringBlocksOf(64 << 20)).isEqualTo(2);
        assertThat(config.ringBlocksOf(64 << 10)).isEqualTo(256);
    }

    @Test
    void blocksAreLargeEnoughForTheEntriesThatAreToFit() {
        for (int bytes : new int[] {1, 61_000, 3_932_080, 3_932_081, 4_000_000, 8 << 20, 62_000_000}) {
            int blockBytes = EngineConfig.blockBytesFor(bytes);
            assertThat(EngineConfig.maxEntryBytes(blockBytes)).isGreaterThanOrEqualTo(bytes);
            assertThat(EngineConfig.builder().blockBytes(blockBytes).build().blockBytes())
                    .isEqualTo(blockBytes);
        }
        assertThat(EngineConfig.blockBytesFor(3_932_080)).isEqualTo(4 << 20);
        assertThat(EngineConfig.blockBytesFor(Integer.MAX_VALUE)).isEqualTo(64 << 20);
    }

    @Test
    void aBatchIsReadEntryByEntry() throws IOException {
        try (LogEngine engine = open(folder.resolve("data"), "group")) {
            LogStream stream = create(engine, "s");
            List<ByteBuffer> batch = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                batch.add(ByteBuffer.wrap(entry(stream.id(), i)).slice());
            }
            for (int from = 0; from < 100; from += 20) {
                List<ByteBuffer> part = batch.subList(from, from + 20);
                engine.awaitDurable(Changes.apply(engine, room, () -> engine.appendBatch(stream, part, 1)));
            }
            checkAll(engine, stream, 100);
            assertThat(stream.durableRecords()).isEqualTo(5);
            engine.checkpoint();
            checkAll(engine, stream, 100);
        }
    }

    @Test
    void cursorsAttributesTruncationsTrimsAndDeletionsSurviveAKill() throws IOException {
        Path directory = folder.resolve("data");
        try (LogEngine engine = open(directory, "group")) {
            LogStream kept = create(engine, "kept");
            LogStream gone = create(engine, "gone");
            appendAll(engine, kept, 0, 500);
            appendAll(engine, gone, 0, 200);
            engine.checkpoint();
            Changes.apply(engine, room, () -> engine.appendCursor(kept, "readers", new Cursor(3, 42), 1));
            Changes.apply(engine, room, () -> engine.setAttribute(kept, "fence", new byte[] {1, 2, 3}));
            StreamCut cut = engine.cutAt(kept, 400);
            Changes.apply(engine, room, () -> engine.truncate(cut));
            appendAll(engine, kept, 400, 450);
            Changes.apply(engine, room, () -> engine.trim(kept, 300));
            engine.awaitDurable(Changes.apply(engine, room, () -> engine.delete(gone)));
            checkKept(engine, kept);
            Path copy = copyOf(directory, "copy");
            engine.checkpoint();
            checkKept(engine, kept);
            try (LogEngine other = open(copy, "group")) {
                checkKept(other, find(other, "kept"));
                assertThat(other.stream("gone".getBytes(StandardCharsets.UTF_8)))
                        .isNull();
            }
        }
        try (LogEngine engine = open(directory, "group")) {
            checkKept(engine, find(engine, "kept"));
            appendAll(engine, find(engine, "kept"), 450, 700);
            checkAll(engine, find(engine, "kept"), 700);
        }
    }

    private static void checkKept(LogEngine engine, LogStream stream) throws IOException {
        checkAll(engine, stream, 450);
        assertThat(stream.firstEntry()).isEqualTo(300);
        assertThat(stream.cursor("readers")).isEqualTo(new Cursor(3, 42));
        assertThat(stream.attribute("fence")).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> engine.readFromDisk(stream, 299, new ReadBuffer(10)))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        refusal -> assertThat(refusal.category()).isEqualTo(StorageException.Category.TRIMMED));
    }

    @Test
    void aDirectoryIsOpenOnceAtATimeAndOnlyIfItIsOurs() throws IOException {
        Path directory = folder.resolve("data");
        try (LogEngine _ = open(directory, "group")) {
            assertThatThrownBy(() -> open(directory, "group"))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            refusal -> assertThat(refusal.category()).isEqualTo(StorageException.Category.IN_USE));
        }
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> open(other, "group"))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        refusal -> assertThat(refusal.category()).isEqualTo(StorageException.Category.FOREIGN));
        try (Stream<Path> left = Files.list(other)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void allBadSettingsAreReportedTogether() {
        assertThatThrownBy(
                        () -> EngineConfig.builder().ringBlocks(1).blockBytes(5).build())
                .hasMessageContaining("ringBlocks")
                .hasMessageContaining("blockBytes");
    }
}
