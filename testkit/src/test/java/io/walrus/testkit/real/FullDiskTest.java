package io.walrus.testkit.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.EngineStatus;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A small real file system that runs full under an engine.
@Timeout(60)
class FullDiskTest {
    private static final int ENTRY_BYTES = 8_000;
    private static final int DISK_BYTES = 24 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path mountPoint = Path.of("");

    private boolean mounted;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "tmpfs", mountPoint.toString()) == 0;
        assumeThat(mounted).as("this test needs the right to mount a tmpfs").isTrue();
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(run("umount", mountPoint.toString())).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAppendsBelowTheFreeSpaceLimitAndTakesThemAgainWhenThereIsRoom(RealEngine.Io io) throws IOException {
        fillAndFree(io, config(4 << 20));
    }

    @ParameterizedTest
    @EnumSource
    void survivesADiskWithoutASingleByteLeft(RealEngine.Io io) throws IOException {
        fillAndFree(io, config(0));
    }

    private void fillAndFree(RealEngine.Io io, EngineConfig config) throws IOException {
        io.assumeThere(mountPoint);
        Path data = mountPoint.resolve("data");
        Path filler = mountPoint.resolve("filler");
        Files.write(filler, new byte[8 << 20]);
        long stored;
        try (RealEngine opened = RealEngine.open(io, data, config, EngineListener.NONE)) {
            LogEngine engine = opened.engine();
            LogStream stream = create(engine);
            long beforeFull = appendUntilRefused(engine, stream);
            assertThat(beforeFull).isGreaterThan(100);
            assertThat(engine.status().state()).isEqualTo(EngineStatus.State.DISK_FULL);
            assertThat(engine.status().reason()).isNotEmpty();
            verify(engine, stream, beforeFull);

            Files.delete(filler);
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(StorageException.class)
                    .until(() -> {
                        long group = append(engine, stream);
                        if (group < 0) {
                            return false;
                        }
                        engine.awaitDurable(group);
                        return true;
                    });
            await().atMost(PATIENCE).until(() -> engine.status().state() == EngineStatus.State.OK);
            for (int i = 0; i < 20; i++) {
                long group = append(engine, stream);
                assertThat(group).isNotNegative();
                engine.awaitDurable(group);
            }
            stored = stream.durableEntries();
            assertThat(stored).isEqualTo(beforeFull + 21);
            verify(engine, stream, stored);
        }
        try (RealEngine opened = RealEngine.open(io, data, config, EngineListener.NONE)) {
            LogEngine engine = opened.engine();
            LogStream stream = engine.stream(key());
            assertThat(stream).isNotNull();
            if (stream != null) {
                verify(engine, stream, stored);
            }
        }
    }

    private static EngineConfig config(long minFreeBytes) {
        return EngineConfig.builder()
                .blockBytes(256 << 10)
                .ringBlocks(4)
                .fileBytes(1 << 20)
                .checkpointBytes(2 << 20)
                .maxJournalBytes(6 << 20)
                .streamFileBytes(1 << 20)
                .minFreeBytes(minFreeBytes)
                .build();
    }

    /// @return the entries stored
    private static long appendUntilRefused(LogEngine engine, LogStream stream) {
        StorageException[] refusal = new StorageException[1];
        await().atMost(PATIENCE)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    try {
                        long group = append(engine, stream);
                        while (group >= 0) {
                            engine.awaitDurable(group);
                            group = append(engine, stream);
                        }
                        return false;
                    } catch (StorageException e) {
                        refusal[0] = e;
                        return true;
                    }
                });
        assertThat(refusal[0].category()).as(refusal[0].getMessage()).isEqualTo(Category.DISK_FULL);
        assertThat(refusal[0]).hasMessageContaining("space");
        return stream.durableEntries();
    }

    private static void verify(LogEngine engine, LogStream stream, long entries) throws IOException {
        assertThat(stream.durableEntries()).isEqualTo(entries);
        ReadBuffer buffer = new ReadBuffer(1 << 20);
        long next = 0;
        while (next < entries) {
            engine.readFromDisk(stream, next, buffer);
            assertThat(buffer.count()).as("entries from %d", next).isPositive();
            for (int i = 0; i < buffer.count(); i++) {
                assertThat(buffer.offset(i)).isEqualTo(next);
                assertThat(buffer.payload(i)).isEqualTo(entry(next));
                next++;
            }
        }
    }

    private static LogStream create(LogEngine engine) throws IOException {
        engine.lock();
        try {
            return engine.createStream(key());
        } finally {
            engine.unlock();
        }
    }

    private static long append(LogEngine engine, LogStream stream) throws IOException {
        engine.lock();
        try {
            return engine.append(stream, entry(stream.entries()), 1);
        } finally {
            engine.unlock();
        }
    }

    private static ByteBuffer entry(long number) {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
        while (entry.remaining() >= Long.BYTES) {
            entry.putLong(number);
        }
        return entry.flip();
    }

    private static byte[] key() {
        return new byte[] {'k'};
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
