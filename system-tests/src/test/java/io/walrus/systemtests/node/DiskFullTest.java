package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk that fills up: writing pauses, reading goes on, and nothing has to be done but to make room.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DiskFullTest {
    private static final int DISK_MEGABYTES = 768;
    private static final int FILLER_MEGABYTES = 256;
    private static final int MIN_FREE_MEGABYTES = 16;
    private static final int ENTRY_BYTES = 64 << 10;
    private static final int MOST_ENTRIES = (DISK_MEGABYTES << 20) / ENTRY_BYTES;

    @TempDir
    private Path folder;

    @Test
    void writesAreRefusedWhileThereIsNoRoomAndResumeWhenThereIs() throws IOException {
        try (Mount disk = Mount.ofMegabytes(folder.resolve("disk"), DISK_MEGABYTES)) {
            NodeSetup setup = NodeSetup.in(disk.folder())
                    .with("WALRUS_MIN_FREE_BYTES", MIN_FREE_MEGABYTES << 20)
                    .with("WALRUS_TAIL_MEMORY_BYTES", 32 << 20);
            Path filler = disk.folder().resolve("filler");
            NodeProcess node = setup.start();
            try {
                fill(filler);
                int acknowledged = putUntilFull(node);
                readsGoOn(node, acknowledged);

                Files.delete(filler);
                Awaitility.await("writes resume by themselves")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> put(node, acknowledged).isOk());
                node.ask("REGISTER after").requireOk();
                node.ask("PUT after x").requireOk();
                node.assertUnruffled();

                NodeProcess restarted = node.restart();
                try (restarted) {
                    assertExact(restarted, acknowledged + 1);
                }
            } finally {
                node.close();
            }
        }
    }

    private static int putUntilFull(NodeProcess node) throws IOException {
        try (Wire wire = node.connect()) {
            int acknowledged = 0;
            WireReply reply = wire.ask(Wire.put("logs", entry(0)));
            while (reply.isOk() && acknowledged < MOST_ENTRIES) {
                acknowledged++;
                reply = wire.ask(Wire.put("logs", entry(acknowledged)));
            }
            assertThat(reply.text()).startsWith("ERR disk full: nothing was written");
            assertThat(acknowledged).isPositive();
            return acknowledged;
        }
    }

    private static void readsGoOn(NodeProcess node, int acknowledged) throws IOException {
        try (Wire wire = node.connect()) {
            requireEntries(TopicState.readAll(wire, "logs"), acknowledged);
            assertThat(wire.ask("GET logs").payload()).isEqualTo(entry(0));
            assertThat(wire.ask("GET logs").payload()).isEqualTo(entry(1));
            assertThat(wire.ask("METRICS").isOk()).isTrue();
            assertThat(wire.ask(Wire.put("logs", entry(acknowledged))).text()).startsWith("ERR disk full");
        }
    }

    private static void assertExact(NodeProcess node, int entries) throws IOException {
        try (Wire wire = node.connect()) {
            requireEntries(TopicState.readAll(wire, "logs"), entries);
            assertThat(wire.ask("GET logs").payload()).isEqualTo(entry(2));
        }
    }

    private static void requireEntries(List<byte[]> kept, int entries) {
        assertThat(kept).hasSize(entries);
        for (int i = 0; i < entries; i++) {
            assertThat(kept.get(i)).as("entry %d", i).isEqualTo(entry(i));
        }
    }

    private static WireReply put(NodeProcess node, int number) throws IOException {
        try (Wire wire = node.connect()) {
            return wire.ask(Wire.put("logs", entry(number)));
        }
    }

    private static byte[] entry(int number) {
        byte[] entry = new byte[ENTRY_BYTES];
        java.util.Arrays.fill(entry, (byte) number);
        System.arraycopy(
                Wire.utf8(number + "#"), 0, entry, 0, Integer.toString(number).length() + 1);
        return entry;
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[1 << 20];
        try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
            for (int i = 0; i < FILLER_MEGABYTES; i++) {
                file.write(block);
            }
        }
    }
}
