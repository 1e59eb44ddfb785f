package io.walrus.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.testkit.disk.CrashOutcome;
import io.walrus.testkit.disk.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Appenders that commit on their own thread.
class InlineCommitTest {
    private final SimDisk disk = new SimDisk();

    @Test
    void needsNoOtherThreadUnlessItForces() throws IOException {
        assertThat(append(new EngineSession(disk, config(FsyncPolicy.os()), 1))).isTrue();
        assertThat(append(new EngineSession(new SimDisk(), config(FsyncPolicy.interval(10)), 1)))
                .isTrue();
        assertThat(append(new EngineSession(new SimDisk(), config(FsyncPolicy.group()), 1)))
                .isFalse();
    }

    @Test
    void isForcedInTimeAllTheSame() throws IOException {
        EngineSession session = new EngineSession(disk, config(FsyncPolicy.interval(10)), 1);
        session.settle();
        for (int round = 1; round <= 5; round++) {
            assertThat(append(session)).isTrue();
            session.pass(10);
            session.pass(10);
            EngineSession found =
                    new EngineSession(disk.survivors(CrashOutcome.ALL_LOST, round), config(FsyncPolicy.os()), 2);
            assertThat(Objects.requireNonNull(found.observe(true).get("a")).entryCount())
                    .isEqualTo(round);
        }
    }

    /// Whether an entry is committed without any background work.
    private static boolean append(EngineSession session) throws IOException {
        LogEngine engine = session.engine();
        long group;
        engine.lock();
        try {
            LogStream known = engine.stream(EngineSession.bytes("a"));
            LogStream stream = known == null ? engine.createStream(EngineSession.bytes("a")) : known;
            group = engine.append(stream, ByteBuffer.wrap(new byte[] {1}), 1);
        } finally {
            engine.unlockAndCommit();
        }
        return engine.durableGroup() >= group;
    }

    private static EngineConfig config(FsyncPolicy policy) {
        return EngineConfig.builder()
                .policy(policy)
                .blockBytes(64 << 10)
                .ringBlocks(3)
                .fileBytes(64 << 10)
                .checkpointBytes(128 << 10)
                .maxJournalBytes(256 << 10)
                .minFreeBytes(0)
                .build();
    }
}
