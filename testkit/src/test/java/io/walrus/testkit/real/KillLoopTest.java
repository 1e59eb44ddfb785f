package io.walrus.testkit.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.testkit.process.Folders;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Real processes, a real disk, `kill -9`: what was acknowledged is there, in order, once.
class KillLoopTest {
    private static final int KILLS = 12;
    private static final int MAX_LIFE_MS = 900;

    /// Acknowledged entries of each topic: checksum by offset.
    private final Map<String, Map<Long, Long>> acknowledged = new TreeMap<>();

    @ParameterizedTest
    @EnumSource
    void keepsWhatWasAcknowledgedBeforeEachKill(RealEngine.Io io, @TempDir Path folder) throws Exception {
        io.assumeThere(folder);
        long seed = Long.getLong("walrus.kill.seed", System.nanoTime());
        System.out.println("kill loop seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Path data = folder.resolve("data");
        for (int kill = 0; kill < KILLS; kill++) {
            runAndKill(io, data, random.nextLong(), kill, 1 + random.nextInt(MAX_LIFE_MS));
            // The next process recovers the original; a copy shows what it must find there.
            Path copy = folder.resolve("copy-" + kill);
            Folders.copy(data, copy);
            verify(io, copy);
            Folders.delete(copy);
        }
        verify(io, data);
        long entries = acknowledged.values().stream().mapToLong(Map::size).sum();
        System.out.println("kill loop: " + KILLS + " kills, " + entries + " acknowledged entries");
        assertThat(entries).isGreaterThan(KILLS);
    }

    private void runAndKill(RealEngine.Io io, Path data, long seed, int number, int lifeMs) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadProcess.class.getName(),
                        io.name(),
                        data.toString(),
                        Long.toString(seed),
                        Integer.toString(number))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            String first = lines.readLine();
            assertThat(first).isEqualTo("ready");
            Thread killer = Thread.ofPlatform().start(() -> {
                try {
                    // Through the handle: the process itself would close the pipe with what is still in it.
                    if (!process.waitFor(lifeMs, TimeUnit.MILLISECONDS)) {
                        process.toHandle().destroyForcibly();
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            String line = lines.readLine();
            while (line != null) {
                String next = lines.readLine();
                note(line, next == null);
                line = next;
            }
            killer.join();
            assertThat(process.waitFor()).as("killed, not ended").isEqualTo(137);
        } finally {
            process.destroyForcibly();
        }
    }

    /// Takes one line of the child; the last one may be cut short by the kill.
    private void note(String line, boolean last) {
        String[] words = line.split(" ", -1);
        if (last && words.length < 3) {
            return;
        }
        assertThat(words).as(line).hasSize(3);
        assertThat(LoadProcess.TOPICS).as(line).contains(words[0]);
        if (last) {
            return;
        }
        Long before = acknowledged
                .computeIfAbsent(words[0], _ -> new TreeMap<>())
                .put(Long.parseLong(words[1]), Long.parseLong(words[2]));
        assertThat(before).as("offset acknowledged twice: %s", line).isNull();
    }

    private void verify(RealEngine.Io io, Path data) throws IOException {
        try (RealEngine opened = RealEngine.open(io, data, LoadProcess.config(), EngineListener.NONE)) {
            LogEngine engine = opened.engine();
            Map<Long, String> writers = new HashMap<>();
            for (String topic : LoadProcess.TOPICS) {
                LogStream stream = engine.stream(topic.getBytes(StandardCharsets.UTF_8));
                Map<Long, Long> expected = acknowledged.getOrDefault(topic, Map.of());
                if (stream == null) {
                    assertThat(expected).as(topic).isEmpty();
                    continue;
                }
                List<Long> found = read(engine, stream, writers);
                expected.forEach((offset, checksum) -> {
                    assertThat(offset).as(topic).isLessThan(found.size());
                    assertThat(found.get(offset.intValue()))
                            .as("%s %d", topic, offset)
                            .isEqualTo(checksum);
                });
            }
        }
    }

    /// The checksums of all entries, which must be in the order each writer wrote them, none twice.
    private static List<Long> read(LogEngine engine, LogStream stream, Map<Long, String> writers) throws IOException {
        String topic = new String(stream.key(), StandardCharsets.UTF_8);
        List<Long> found = new ArrayList<>();
        Map<Long, Long> newest = new HashMap<>();
        ReadBuffer buffer = new ReadBuffer(1 << 20);
        while (found.size() < stream.durableEntries()) {
            engine.readFromDisk(stream, found.size(), buffer);
            assertThat(buffer.count()).as("%s at %d", topic, found.size()).isPositive();
            for (int i = 0; i < buffer.count(); i++) {
                ByteBuffer payload = buffer.payload(i).slice();
                found.add(LoadProcess.checksum(payload));
                payload.order(java.nio.ByteOrder.BIG_ENDIAN);
                long writer = (long) payload.getInt() << 32 | payload.getInt();
                long count = payload.getLong();
                assertThat(payload.getInt()).isEqualTo(buffer.length(i));
                assertThat(newest.getOrDefault(writer, -1L))
                        .as("%s: order of writer %x", topic, writer)
                        .isLessThan(count);
                newest.put(writer, count);
                String before = writers.put(writer * 1_000_003 + count, topic);
                assertThat(before)
                        .as("%s: entry %d of writer %x appears twice", topic, count, writer)
                        .isNull();
            }
        }
        return found;
    }
}
