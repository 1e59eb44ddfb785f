package io.walrus.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.testkit.disk.CrashOutcome;
import io.walrus.testkit.disk.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A clean close of many streams with a little in each.
class CleanCloseTest {
    private static final int STREAMS = 200;
    private static final EngineConfig CONFIG = EngineConfig.builder()
            .policy(FsyncPolicy.group())
            .blockBytes(1 << 20)
            .ringBlocks(4)
            .fileBytes(2 << 20)
            .checkpointBytes(4 << 20)
            .maxJournalBytes(16 << 20)
            .minFreeBytes(0)
            .build();

    private SimDisk disk = new SimDisk();

    @Test
    void writesNoFileForStreamsOfWhichTheJournalHasAll() throws IOException {
        EngineSession session = new EngineSession(disk, CONFIG, 1);
        append(session, 0);
        long before = disk.boundaries();
        session.close();
        assertThat(disk.files()).noneMatch(name -> name.startsWith("streams/"));
        assertThat(disk.boundaries() - before).isLessThan(STREAMS / 10);
        disk = disk.survivors(CrashOutcome.ALL_LOST, 1);
        EngineSession reopened = new EngineSession(disk, CONFIG, 2);
        assertThat(reopened.engine().recovery().clean()).isTrue();
        assertThat(reopened.engine().recovery().warning()).isEmpty();
        check(reopened, 1);
    }

    @ParameterizedTest
    @EnumSource
    void goesOnFromThereThroughMoreClosesAndACrash(CrashOutcome outcome) throws IOException {
        for (int round = 0; round < 4; round++) {
            EngineSession session = new EngineSession(disk, CONFIG, round);
            check(session, round);
            append(session, round);
            if (round < 3) {
                session.close();
            }
            disk = disk.survivors(outcome, round);
        }
        EngineSession crashed = new EngineSession(disk, CONFIG, 9);
        assertThat(crashed.engine().recovery().clean()).isFalse();
        check(crashed, 4);
        crashed.engine().checkpoint();
        check(crashed, 4);
    }

    /// One entry for each stream.
    private static void append(EngineSession session, int round) throws IOException {
        LogEngine engine = session.engine();
        for (int i = 0; i < STREAMS; i++) {
            byte[] key = EngineSession.bytes("s" + i);
            engine.lock();
            try {
                var known = engine.stream(key);
                var stream = known == null ? engine.createStream(key) : known;
                ByteBuffer entry = ByteBuffer.wrap(new Payload(1_000L * round + i, 1_000).bytes());
                assertThat(engine.append(stream, entry, round)).isNotNegative();
            } finally {
                engine.unlock();
            }
        }
        session.settle();
        session.throwFailure();
    }

    private static void check(EngineSession session, int rounds) throws IOException {
        Map<String, StreamView> views = session.observe(true);
        assertThat(views).hasSize(rounds == 0 ? 0 : STREAMS);
        for (int i = 0; i < STREAMS && rounds > 0; i++) {
            StreamView view = java.util.Objects.requireNonNull(views.get("s" + i));
            assertThat(view.entries()).hasSize(rounds);
            for (int round = 0; round < rounds; round++) {
                assertThat(view.entries().get(round)).isEqualTo(new Payload(1_000L * round + i, 1_000).view(round));
            }
        }
    }
}
