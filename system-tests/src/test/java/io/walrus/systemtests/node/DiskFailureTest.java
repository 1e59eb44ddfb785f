package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A disk that refuses a write: the node takes nothing more, says so, lets itself be read for a while, and ends.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DiskFailureTest {
    private static final int ENTRY_BYTES = 64 << 10;
    private static final int ENTRIES = 400;
    private static final int FAILS_PAST_BYTES = 8 << 20;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"file", "io_uring"})
    void aNodeWhoseLogFailedSaysSoAndEndsAndComesBackWithAllThatItAcknowledged(String io) throws IOException {
        try (NodeProcess node = NodeSetup.in(folder).with("WALRUS_IO", io).start()) {
            try (Wire wire = node.connect()) {
                for (int i = 0; i < ENTRIES; i++) {
                    wire.ask(Wire.put("logs", entry(i))).requireOk();
                }
                long segment = TopicState.of(wire, "logs").currentSegment();
                node.failWritesPast(FAILS_PAST_BYTES);
                assertThat(wire.ask(Wire.put("logs", entry(ENTRIES))).text()).startsWith("ERR outcome unknown: ");
                assertThat(wire.ask(Wire.put("logs", entry(-1))).text()).startsWith("ERR read-only: ");
                assertThat(wire.ask("GET logs").text()).startsWith("ERR read-only: ");
                assertThat(wire.ask("FETCH logs " + segment + " 0").fetched(1)).isEqualTo(entry(0));
                JsonNode log = Json.of(wire.ask("METRICS")).get("log");
                assertThat(log.get("state").asText()).isEqualTo("read_only");
                assertThat(log.get("reason").asText()).isNotEmpty();
            }
            assertThat(node.awaitEnd()).isEqualTo(1);
            assertThat(node.output().lines().filter(line -> line.contains(" ERROR ")))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("the log failed, so this node leads nothing more and ends in 5 s: ");
            assertThat(node.output()).doesNotContain("\tat ");
            try (NodeProcess restarted = node.restart();
                    Wire wire = restarted.connect()) {
                List<byte[]> kept = TopicState.readAll(wire, "logs");
                assertThat(kept).hasSizeBetween(ENTRIES, ENTRIES + 1);
                for (int i = 0; i < kept.size(); i++) {
                    assertThat(kept.get(i)).as("entry %d", i).isEqualTo(entry(i));
                }
                wire.ask("PUT logs again").requireOk();
            }
        }
    }

    private static byte[] entry(int number) {
        byte[] entry = new byte[ENTRY_BYTES];
        java.util.Arrays.fill(entry, (byte) number);
        return entry;
    }
}
