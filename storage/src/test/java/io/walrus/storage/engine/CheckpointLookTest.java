package io.walrus.storage.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Commits go on while a checkpoint looks at the streams, and what they change meanwhile is in the manifest, or in the
/// journal behind it.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CheckpointLookTest {
    private static final int STREAMS = 64;
    private static final int HELD = STREAMS / 2;
    private static final int KINDS = 8;
    private static final EngineConfig SMALL = EngineConfig.builder()
            .blockBytes(64 << 10)
            .ringBlocks(32)
            .fileBytes(1 << 20)
            .checkpointBytes(4 << 20)
            .maxJournalBytes(16 << 20)
            .minFreeBytes(0)
            .build();

    @TempDir
    Path folder;

    @Test
    void commitsGoOnWhileStreamsAreLookedAt() throws Exception {
        try (LogEngine engine = open("data")) {
            List<LogStream> streams = withEntries(engine);
            engine.checkpoint();
            long before = engine.status().checkpoints();
            CompletableFuture<Void> checkpoint = whileLooking(engine, streams.get(HELD), () -> {
                for (LogStream stream : streams) {
                    if (stream != streams.get(HELD)) {
                        await(engine, () -> engine.append(stream, entry("more"), 1));
                    }
                }
                assertThat(engine.status().checkpoints()).isEqualTo(before);
            });
            checkpoint.join();
            assertThat(engine.status().checkpoints()).isGreaterThan(before);
        }
    }

    @Test
    void whatChangesMeanwhileIsFoundAgain() throws Exception {
        try (LogEngine engine = open("data")) {
            List<LogStream> streams = withEntries(engine);
            engine.checkpoint();
            for (LogStream stream : streams.subList(HELD + 1, STREAMS)) {
                await(engine, () -> engine.append(stream, entry("flushed by it"), 1));
            }
            Map<String, String> expected = new TreeMap<>();
            CompletableFuture<Void> checkpoint = whileLooking(engine, streams.get(HELD), () -> {
                for (int i = 0; i < STREAMS; i++) {
                    if (i != HELD) {
                        change(engine, streams.get(i), i % KINDS);
                    }
                }
                create(engine, "new");
                expected.putAll(observe(engine));
                copy("data", "during");
            });
            checkpoint.join();
            copy("data", "after");
            assertThat(observe(engine)).isEqualTo(expected);
            assertThat(expected).hasSize(STREAMS + 1 - STREAMS / KINDS);
            for (String name : List.of("during", "after")) {
                try (LogEngine other = open(name)) {
                    assertThat(observe(other)).as(name).isEqualTo(expected);
                }
            }
        }
        try (LogEngine engine = open("data")) {
            engine.checkpoint();
            assertThat(observe(engine)).hasSize(STREAMS + 1 - STREAMS / KINDS);
        }
    }

    /// One that is longer than what is read or written at a time.
    @Test
    void aManifestOfManyPartsIsReadAgain() throws Exception {
        Map<String, String> expected;
        try (LogEngine engine = open("data")) {
            for (int i = 0; i < 1_500; i++) {
                create(engine, "x".repeat(LogEngine.MAX_KEY_BYTES - 10) + i);
            }
            expected = observe(engine);
            engine.checkpoint();
        }
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            Path manifest = files.filter(file -> file.getFileName().toString().startsWith(Manifest.PREFIX))
                    .findAny()
                    .orElseThrow();
            assertThat(Files.size(manifest)).isGreaterThan(1_500_000);
        }
        try (LogEngine engine = open("data")) {
            assertThat(observe(engine)).isEqualTo(expected);
        }
    }

    @Test
    void nothingIsReadFromADiskUnderTheLock() throws Exception {
        try (LogEngine engine = open("data")) {
            LogStream stream = withEntries(engine).getFirst();
            engine.checkpoint();
            engine.lock();
            try {
                assertThatThrownBy(() -> engine.cutAt(stream, 3)).hasMessageContaining("append lock");
                assertThatThrownBy(() -> engine.readFromDisk(stream, 0, new ReadBuffer(10)))
                        .hasMessageContaining("append lock");
            } finally {
                engine.unlock();
            }
            StreamCut early = engine.cutAt(stream, 3);
            StreamCut late = engine.cutAt(stream, 4);
            await(engine, () -> engine.truncate(early));
            await(engine, () -> engine.append(stream, entry("another"), 1));
            await(engine, () -> engine.append(stream, entry("and another"), 1));
            engine.lock();
            try {
                assertThat(engine.truncate(late)).isEqualTo(LogEngine.OUTDATED);
            } finally {
                engine.unlock();
            }
            assertThat(stream.durableEntries()).isEqualTo(5);
        }
    }

    /// Something that is done to an engine.
    private interface Work {
        void run() throws IOException;
    }

    /// A change that is made with the lock held, and answers its group.
    private interface Change {
        long make() throws IOException;
    }

    /// Does some work while a checkpoint is looking at a stream.
    private static CompletableFuture<Void> whileLooking(LogEngine engine, LogStream held, Work work)
            throws IOException {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread checkpoint = Thread.ofPlatform().unstarted(() -> {
            try {
                engine.checkpoint();
                ended.complete(null);
            } catch (IOException | RuntimeException e) {
                ended.completeExceptionally(e);
            }
        });
        synchronized (held) {
            checkpoint.start();
            while (!isBlockedOn(checkpoint, held)) {
                assertThat(ended).isNotDone();
                Thread.onSpinWait();
            }
            work.run();
        }
        return ended;
    }

    private static boolean isBlockedOn(Thread thread, Object monitor) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId());
        LockInfo lock = info == null ? null : info.getLockInfo();
        return lock != null && lock.getIdentityHashCode() == System.identityHashCode(monitor);
    }

    private static void change(LogEngine engine, LogStream stream, int kind) throws IOException {
        switch (kind) {
            case 0 -> await(engine, () -> engine.append(stream, entry("more"), 1));
            case 1 -> truncate(engine, stream, 2);
            case 2 -> await(engine, () -> engine.trim(stream, 3));
            case 3 -> await(engine, () -> engine.delete(stream));
            case 4 -> await(engine, () -> engine.appendCursor(stream, "c", new Cursor(7, 7), 1));
            case 5 -> await(engine, () -> engine.setAttribute(stream, "a", new byte[] {7}));
            case 6 -> {
                await(engine, () -> engine.delete(stream));
                LogStream again = create(engine, new String(stream.key(), UTF_8));
                await(engine, () -> engine.append(again, entry("anew"), 1));
            }
            case 7 -> {
                truncate(engine, stream, 0);
                await(engine, () -> engine.append(stream, entry("instead"), 1));
                truncate(engine, stream, 1);
                await(engine, () -> engine.setAttribute(stream, "a", new byte[] {8}));
            }
            default -> throw new AssertionError("no such kind: " + kind);
        }
    }

    private static void truncate(LogEngine engine, LogStream stream, long records) throws IOException {
        StreamCut cut = engine.cutAt(stream, records);
        await(engine, () -> engine.truncate(cut));
    }

    private static void await(LogEngine engine, Change change) throws IOException {
        long group;
        engine.lock();
        try {
            group = change.make();
        } finally {
            engine.unlock();
        }
        assertThat(group).isNotNegative();
        engine.awaitDurable(group);
    }

    private static List<LogStream> withEntries(LogEngine engine) throws IOException {
        List<LogStream> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            LogStream stream = create(engine, "s" + i);
            for (int j = 0; j < 5; j++) {
                int number = j;
                await(engine, () -> engine.append(stream, entry("entry " + number), 1));
            }
            await(engine, () -> engine.appendCursor(stream, "c", new Cursor(1, 1), 1));
            streams.add(stream);
        }
        return streams;
    }

    private static LogStream create(LogEngine engine, String key) throws IOException {
        LogStream stream;
        engine.lock();
        try {
            stream = engine.createStream(key.getBytes(UTF_8));
        } finally {
            engine.unlock();
        }
        engine.awaitDurable(stream.createdGroup());
        return stream;
    }

    private static ByteBuffer entry(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    /// All that readers see, in words.
    private static Map<String, String> observe(LogEngine engine) throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (LogStream stream : engine.streams()) {
            ReadBuffer read = new ReadBuffer(10_000);
            List<String> entries = new ArrayList<>();
            for (long next = stream.firstEntry(); next < stream.durableEntries(); next += read.count()) {
                engine.readFromDisk(stream, next, read);
                assertThat(read.isEmpty()).isFalse();
                for (int i = 0; i < read.count(); i++) {
                    entries.add(UTF_8.decode(read.payload(i)).toString());
                }
            }
            byte[] attribute = stream.attribute("a");
            found.put(
                    new String(stream.key(), UTF_8),
                    "%s from %s, %s records, cursor %s, attribute %s"
                            .formatted(
                                    entries,
                                    stream.firstEntry(),
                                    stream.durableRecords(),
                                    stream.cursor("c"),
                                    attribute == null ? "none" : attribute[0]));
        }
        return found;
    }

    private LogEngine open(String name) throws IOException {
        return LogEngine.open(folder.resolve(name), SMALL, EngineListener.NONE);
    }

    private void copy(String from, String to) throws IOException {
        Path source = folder.resolve(from);
        try (Stream<Path> files = Files.walk(source)) {
            files.forEach(file -> {
                try {
                    Files.copy(file, Objects.requireNonNull(folder.resolve(to).resolve(source.relativize(file))));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
