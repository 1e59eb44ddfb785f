package io.walrus.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walrus.testkit.process.Together;
import java.nio.file.Path;
import java.util.stream.Stream;
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
    void everyEntryIsReadBack(LogKind kind, boolean forced) throws Exception {
        assumeTrue(kind.isAvailable());
        try (StoredLog log = open(kind, forced)) {
            Together.run(APPENDERS, _ -> {
                try (StoredLog.Appender appender = log.appender()) {
                    appender.append(1);
                    appender.append(StoredLog.BATCH_ENTRIES);
                }
            });
            log.settle();
            byte[] target = new byte[StoredLog.ENTRY_BYTES];
            int read = 0;
            try (StoredLog.Reader reader = log.reader()) {
                while (reader.next(target)) {
                    assertThat(target).isEqualTo(StoredLog.entry());
                    read++;
                }
            }
            assertThat(read).isEqualTo(APPENDERS * (1 + StoredLog.BATCH_ENTRIES));
        }
    }

    private StoredLog open(LogKind kind, boolean forced) throws Exception {
        // The bare file has its full size from the start, which takes a second to write.
        return kind == LogKind.CHANNEL ? new ChannelLog(folder, forced, 64L << 20) : kind.open(folder, forced);
    }
}
