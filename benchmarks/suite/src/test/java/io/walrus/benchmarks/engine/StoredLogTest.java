package io.walrus.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What is compared stores what it is given: else it would be fast for nothing.
class StoredLogTest {
    private static final int APPENDERS = 4;

    @TempDir
    private Path folder;

    static Stream<Arguments> logs() {
        return Stream.of(LogKind.values())
                .flatMap(kind -> Stream.of(Arguments.of(kind, true), Arguments.of(kind, false)));
    }

    @ParameterizedTest
    @MethodSource("logs")
    void everyEntryIsReadBack(LogKind kind, boolean forced) throws IOException {
        assumeTrue(kind.isAvailable());
        try (StoredLog log = open(kind, forced)) {
            AtomicInteger appended = new AtomicInteger();
            try (Crew crew = new Crew(APPENDERS, false, () -> appender(log, appended))) {
                assertThat(crew.work(1_000_000).entriesPerSecond()).isPositive();
            }
            log.settle();
            byte[] target = new byte[EnginePayload.BYTES];
            int read = 0;
            try (StoredLog.Reader reader = log.reader()) {
                while (reader.next(target)) {
                    assertThat(target).isEqualTo(EnginePayload.bytes());
                    read++;
                }
            }
            assertThat(read).isEqualTo(appended.get());
        }
    }

    private StoredLog open(LogKind kind, boolean forced) throws IOException {
        // The bare file has its full size from the start, which takes a second to write.
        return kind == LogKind.CHANNEL ? new ChannelLog(folder, forced, 64L << 20) : kind.open(folder, forced);
    }

    /// One entry, then a batch.
    private static Crew.Task appender(StoredLog log, AtomicInteger appended) throws IOException {
        StoredLog.Appender appender = log.appender();
        return new Crew.Task() {
            @Override
            public int run() throws IOException {
                appender.append();
                appender.appendBatch();
                appended.addAndGet(1 + EnginePayload.BATCH_ENTRIES);
                return 1 + EnginePayload.BATCH_ENTRIES;
            }

            @Override
            public void close() throws IOException {
                appender.close();
            }
        };
    }

    @Test
    void aCrewWithAFailingMemberSaysSo() throws IOException {
        AtomicInteger runs = new AtomicInteger();
        Crew crew = new Crew(2, true, () -> new Crew.Task() {
            @Override
            public int run() throws IOException {
                if (runs.incrementAndGet() == 10) {
                    throw new IOException("the tenth run");
                }
                return 1;
            }

            @Override
            public void close() {}
        });
        assertThatThrownBy(() -> crew.work(10_000_000)).hasRootCauseMessage("the tenth run");
        assertThatThrownBy(crew::close).hasRootCauseMessage("the tenth run");
    }
}
