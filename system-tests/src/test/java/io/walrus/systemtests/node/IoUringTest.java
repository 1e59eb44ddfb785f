package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.io.UringDisk;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Place;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A node uses io_uring if it is asked to and can, and stores the same either way.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class IoUringTest {
    private static final int ENTRIES = 300;
    private static final int ENTRY_BYTES = 256 << 10;

    @TempDir
    private Path folder;

    @BeforeEach
    void onlyWhereThereIsOne() {
        try {
            UringDisk.open(folder).close();
        } catch (IOException e) {
            Assumptions.abort(String.valueOf(e.getMessage()));
        }
    }

    @Test
    void whatWasStoredOneWayIsReadTheOther() throws IOException {
        // Little memory, so that most entries come from files.
        NodeSetup channels = NodeSetup.in(folder).with("WALRUS_TAIL_MEMORY_BYTES", 16 << 20);
        NodeSetup rings = channels.with("WALRUS_IO", "io_uring");
        try (NodeProcess node = rings.start()) {
            assertThat(ringsOf(node)).isPositive();
            assertThat(linesAboutRings(node)).singleElement().asString().contains(" INFO ");
            putAndReadAll(node, 0);
            node.kill9();
        }
        try (NodeProcess node = channels.start()) {
            assertThat(ringsOf(node)).isZero();
            putAndReadAll(node, ENTRIES);
            node.kill9();
        }
        try (NodeProcess node = rings.start()) {
            putAndReadAll(node, 2 * ENTRIES);
            node.terminate();
            node.assertUnruffledToTheEnd();
        }
    }

    @ParameterizedTest
    @CsvSource({"file, false", "file, true", "io_uring, true"})
    void aNodeThatIsNotToUseItDoesNotTouchIt(String io, boolean disabled) throws IOException {
        NodeSetup setup = NodeSetup.in(folder).with("WALRUS_IO", io).with("WALRUS_DISABLE_IO_URING", disabled);
        try (NodeProcess node = setup.start()) {
            node.ask("PUT logs x").requireOk();
            assertThat(ringsOf(node)).isZero();
            assertThat(linesAboutRings(node)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, Operation not permitted", "38, Function not implemented"})
    void aNodeThatIsRefusedItSaysSoOnceAndGoesOnWithoutIt(int error, String reason) throws IOException {
        NodeSetup setup = NodeSetup.in(folder)
                .with("WALRUS_IO", "io_uring")
                .at(new Place(Place.HERE.host(), WithoutUring.launcher(error)));
        try (NodeProcess node = setup.start()) {
            node.ask("PUT logs x").requireOk();
            assertThat(node.ask("GET logs").payloadText()).isEqualTo("x");
            assertThat(ringsOf(node)).isZero();
            assertThat(linesAboutRings(node))
                    .singleElement()
                    .asString()
                    .contains(" WARN ")
                    .contains(reason);
            node.terminate();
            node.assertUnruffledToTheEnd();
        }
    }

    private static long ringsOf(NodeProcess node) throws IOException {
        return node.openFiles().stream()
                .filter(name -> name.contains("io_uring"))
                .count();
    }

    private static List<String> linesAboutRings(NodeProcess node) {
        return node.output().lines().filter(line -> line.contains("io_uring")).toList();
    }

    private static void putAndReadAll(NodeProcess node, int from) throws IOException {
        try (Wire wire = node.connect()) {
            for (int i = from; i < from + ENTRIES; i++) {
                wire.ask(Wire.put("logs", entry(i))).requireOk();
            }
            List<byte[]> kept = TopicState.readAll(wire, "logs");
            assertThat(kept).hasSize(from + ENTRIES);
            for (int i = 0; i < kept.size(); i++) {
                assertThat(kept.get(i)).as("entry %d", i).isEqualTo(entry(i));
            }
        }
    }

    private static byte[] entry(int number) {
        return Integer.toString(number).repeat(ENTRY_BYTES / 4).getBytes(StandardCharsets.US_ASCII);
    }
}
