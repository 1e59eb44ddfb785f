package io.walrus.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.stream.StreamFile;
import io.walrus.testkit.disk.SimClock;
import io.walrus.testkit.disk.SimDisk;
import io.walrus.testkit.disk.SimWorkers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Appends that find no room, and how they hear that there is some.
class RoomTest {
    private static final int SEEDS = 10;
    private static final int ENTRIES = 600;

    static List<FsyncPolicy> policies() {
        return List.of(FsyncPolicy.group(), FsyncPolicy.interval(10), FsyncPolicy.os());
    }

    private final SimDisk disk = new SimDisk();
    private final SimClock clock = new SimClock();
    private int rounds;

    private LogEngine open(EngineConfig config, SimWorkers workers) throws IOException {
        return LogEngine.open(disk, config, clock, workers, new EngineListener() {
            @Override
            public void groupDurable(long group) {}

            @Override
            public void roomAvailable() {
                rounds++;
            }

            @Override
            public void failed(StorageException cause) {
                throw new IllegalStateException(cause);
            }
        });
    }

    private static EngineConfig.Builder config(FsyncPolicy policy) {
        return EngineConfig.builder().policy(policy).blockBytes(64 << 10).minFreeBytes(0);
    }

    private static LogStream create(LogEngine engine) throws StorageException {
        engine.lock();
        try {
            return engine.createStream(new byte[] {1});
        } finally {
            engine.unlock();
        }
    }

    private static long append(LogEngine engine, LogStream stream) throws StorageException {
        engine.lock();
        try {
            return engine.append(stream, ByteBuffer.allocate(10_000), 1);
        } finally {
            engine.unlockAndCommit();
        }
    }

    /// A worker that says so too early sends the append round in circles, on a processor of its own.
    @ParameterizedTest
    @MethodSource("policies")
    void whoHearsOfRoomFindsIt(FsyncPolicy policy) throws IOException {
        EngineConfig config = config(policy)
                .ringBlocks(3)
                .fileBytes(128 << 10)
                .checkpointBytes(128 << 10)
                .maxJournalBytes(384 << 10)
                .build();
        for (int seed = 1; seed <= SEEDS; seed++) {
            SimWorkers workers = new SimWorkers(clock, seed);
            LogEngine engine = open(config, workers);
            LogStream known = engine.stream(new byte[] {1});
            LogStream stream = known == null ? create(engine) : known;
            int waits = 0;
            for (int i = 0; i < ENTRIES; i++) {
                int before = rounds;
                if (append(engine, stream) != LogEngine.NO_ROOM) {
                    continue;
                }
                waits++;
                while (rounds == before) {
                    assertThat(workers.runOne())
                            .as("something makes room, seed %s, entry %s: %s", seed, i, engine.status())
                            .isTrue();
                }
                assertThat(append(engine, stream))
                        .as("there is the room that was announced, seed %s, entry %s", seed, i)
                        .isNotEqualTo(LogEngine.NO_ROOM);
            }
            assertThat(waits).isPositive();
            engine.close();
        }
    }

    /// Memory of what is in a file by now is free before the rest is.
    @ParameterizedTest
    @MethodSource("policies")
    void whatIsFlushedIsFreeAtOnce(FsyncPolicy policy) throws IOException {
        SimWorkers workers = new SimWorkers(clock, 1);
        LogEngine engine = open(config(policy).ringBlocks(64).fileBytes(4 << 20).build(), workers);
        workers.runUntilIdle(100);
        LogStream stream = create(engine);
        for (int i = 0; i < 350; i++) {
            assertThat(append(engine, stream)).isNotEqualTo(LogEngine.NO_ROOM);
        }
        List<Long> unflushed = new ArrayList<>();
        disk.watch(boundary -> {
            if (boundary.path().startsWith(StreamFile.FOLDER) && boundary.length() > 1000) {
                unflushed.add(engine.status().unflushedBytes());
            }
        });
        workers.runUntilIdle(100);
        engine.checkpoint();
        assertThat(unflushed).hasSizeGreaterThan(2).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(unflushed.getFirst()).isGreaterThan(unflushed.getLast());
        engine.close();
    }
}
