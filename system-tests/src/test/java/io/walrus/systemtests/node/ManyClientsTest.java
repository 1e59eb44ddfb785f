package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Together;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clients in numbers, and clients that behave badly: none of them costs the others their service or the node its
/// memory.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ManyClientsTest {
    /// A heap of 256 MiB, 128 MiB for the newest entries, 384 MiB at most for buffers, and the Java runtime itself.
    private static final long MOST_RESIDENT_BYTES = 1_100L << 20;

    @TempDir
    private static Path folder;

    private static NodeProcess node;

    @BeforeAll
    static void startNode() throws IOException {
        node = NodeSetup.in(folder).start();
    }

    @AfterAll
    static void stopNode() throws IOException {
        try (NodeProcess ending = node) {
            ending.assertUnruffled();
        }
    }

    @AfterEach
    void nobodyIsLeftBehind() {
        Awaitility.await("only the asking connection is left")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Json.metrics(node).get("connections").asInt() == 1);
    }

    @Test
    void fiveHundredClientsAreServedAtOnce() throws IOException {
        int clients = 500;
        int rounds = 10;
        node.ask("REGISTER crowd").requireOk();
        Set<String> taken = ConcurrentHashMap.newKeySet();
        CountDownLatch connected = new CountDownLatch(clients);
        Together.run(clients, client -> {
            try (Wire wire = node.connect()) {
                connected.countDown();
                connected.await();
                for (int round = 0; round < rounds; round++) {
                    wire.done("PUT crowd " + client + "/" + round);
                    String entry = wire.ask("GET crowd").payloadText();
                    assertThat(taken.add(entry))
                            .as("%s is handed out once", entry)
                            .isTrue();
                }
            }
        });
        assertThat(taken).hasSize(clients * rounds);
        assertThat(node.ask("GET crowd").isEmpty()).isTrue();
    }

    @Test
    void clientsThatStopInTheMiddleOfAFrameDisturbNobody() throws IOException {
        node.ask("REGISTER half").requireOk();
        byte[] frame = Wire.frame(Wire.utf8("PUT half finished after all"));
        List<Wire> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Wire wire = node.connect();
                silent.add(wire);
                wire.raw(Arrays.copyOf(frame, 1 + i % (frame.length - 1)));
            }
            serveOthers("half-others", 500);
            for (int i = 0; i < silent.size(); i++) {
                silent.get(i).raw(Arrays.copyOfRange(frame, 1 + i % (frame.length - 1), frame.length));
                silent.get(i).reply().requireOk();
            }
        } finally {
            for (Wire wire : silent) {
                wire.close();
            }
        }
        try (Wire wire = node.connect()) {
            assertThat(TopicState.of(wire, "half").entries()).isEqualTo(silent.size());
        }
    }

    @Test
    void clientsThatAnnounceMuchAndSendLittleDoNotFillTheMemory() throws IOException {
        List<Wire> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                Wire wire = node.connect();
                silent.add(wire);
                wire.raw(Wire.header(1 << 20)).raw(Wire.utf8("PUT "));
            }
            serveOthers("announced-others", 500);
            assertThat(node.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
        } finally {
            for (Wire wire : silent) {
                wire.close();
            }
        }
    }

    @Test
    void clientsThatNeverReadTheirRepliesWaitWhileOthersAreServed() throws IOException {
        int clients = 20;
        int requests = 3_000;
        byte[] entry = new byte[64 << 10];
        new Random(1).nextBytes(entry);
        node.ask("REGISTER slow").requireOk();
        long segment;
        try (Wire wire = node.connect()) {
            wire.ask(Wire.put("slow", entry)).requireOk();
            segment = TopicState.of(wire, "slow").currentSegment();
        }
        List<Wire> slow = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                slow.add(Wire.withReceiveBuffer(node.clientPort(), 16 << 10));
            }
            // Replies of 3.8 GB are asked for.
            Together.run(clients, client -> {
                for (int i = 0; i < requests; i++) {
                    slow.get(client).send("FETCH slow " + segment + " 0");
                }
                slow.get(client).flush();
            });
            serveOthers("slow-others", 2_000);
            assertThat(node.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
            Wire patient = slow.getFirst();
            for (int i = 0; i < requests; i++) {
                assertThat(Arrays.equals(patient.reply().fetched(1), entry)).isTrue();
            }
        } finally {
            for (Wire wire : slow) {
                wire.close();
            }
        }
    }

    @Test
    void getsOfAClientThatNeverReadsTakeNoMoreThanTheConnectionHolds() throws IOException {
        int entries = 2_000;
        byte[] filling = new byte[64 << 10];
        node.ask("REGISTER hoard").requireOk();
        try (Wire writer = node.connect();
                Wire hoarder = Wire.withReceiveBuffer(node.clientPort(), 16 << 10)) {
            for (int i = 0; i < entries; i++) {
                writer.ask(Wire.put("hoard", filling)).requireOk();
            }
            for (int i = 0; i < entries; i++) {
                hoarder.send("GET hoard");
            }
            hoarder.flush();
            serveOthers("hoard-others", 500);
            assertThat(TopicState.of(writer, "hoard").unread())
                    .as("entries left for those who read")
                    .isPositive();
            for (int i = 0; i < entries; i++) {
                assertThat(hoarder.reply().payload()).hasSize(filling.length);
            }
            assertThat(writer.ask("GET hoard").isEmpty()).isTrue();
        }
    }

    /// As many large entries are asked for at once as would fill the heap several times over.
    @Test
    void largeEntriesThatNobodyReadsDoNotFillTheMemory() throws IOException {
        int clients = 32;
        int requests = 64;
        byte[] entry = new byte[1_000_000];
        new Random(1).nextBytes(entry);
        node.ask("REGISTER large").requireOk();
        long segment;
        try (Wire wire = node.connect()) {
            for (int i = 0; i < requests; i++) {
                wire.ask(Wire.put("large", entry)).requireOk();
            }
            segment = TopicState.of(wire, "large").currentSegment();
        }
        List<Wire> slow = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                Wire wire = Wire.withReceiveBuffer(node.clientPort(), 16 << 10);
                slow.add(wire);
                for (int offset = 0; offset < requests; offset++) {
                    wire.send("FETCH large " + segment + " " + offset);
                }
                wire.flush();
            }
            serveOthers("large-others", 1_000);
            assertThat(node.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
            Wire patient = slow.getFirst();
            for (int offset = 0; offset < requests; offset++) {
                assertThat(Arrays.equals(patient.reply().fetched(offset + 1), entry))
                        .isTrue();
            }
        } finally {
            for (Wire wire : slow) {
                wire.close();
            }
        }
    }

    /// After a restart nothing is in memory: each topic's next entry has to be read.
    @Test
    void thousandsOfColdTopicsAreReadAtOnce(@TempDir Path cold) throws IOException {
        int topics = 3_000;
        int clients = 60;
        NodeProcess first = NodeSetup.in(cold).start();
        try (first) {
            Together.run(clients, client -> {
                try (Wire wire = first.connect()) {
                    for (int topic = client; topic < topics; topic += clients) {
                        wire.done("REGISTER t" + topic);
                        wire.done("PUT t" + topic + " entry " + topic);
                    }
                }
            });
            try (NodeProcess restarted = first.restart()) {
                Together.run(clients, client -> {
                    try (Wire wire = restarted.connect()) {
                        for (int topic = client; topic < topics; topic += clients) {
                            wire.send("GET t" + topic);
                        }
                        wire.flush();
                        for (int topic = client; topic < topics; topic += clients) {
                            assertThat(wire.reply().payloadText()).isEqualTo("entry " + topic);
                        }
                    }
                });
                restarted.assertUnruffled();
            }
        }
    }

    @Test
    void aHundredThousandPutsMayBeUnderWayBeforeTheFirstReplyIsRead() throws IOException {
        int entries = 100_000;
        try (Wire wire = node.connect()) {
            wire.done("REGISTER pipeline");
            for (int i = 0; i < entries; i++) {
                wire.send("PUT pipeline " + i);
            }
            wire.flush();
            for (int i = 0; i < entries; i++) {
                wire.reply().requireOk();
            }
            List<byte[]> kept = TopicState.readAll(wire, "pipeline");
            assertThat(kept).hasSize(entries);
            for (int i = 0; i < entries; i++) {
                assertThat(kept.get(i)).isEqualTo(Wire.utf8(Integer.toString(i)));
            }
        }
    }

    @Test
    void connectionsResetInTheMiddleOfAFrameLeaveWholeEntriesOnly() throws IOException {
        long seed = Seeds.next("resets");
        Random random = new Random(seed);
        node.ask("REGISTER reset").requireOk();
        byte[] whole = Wire.put("reset", new Stamp("reset", 0).entry());
        byte[] frame = Wire.frame(whole);
        for (int i = 0; i < 300; i++) {
            try (Wire wire = node.connect()) {
                for (int puts = random.nextInt(20); puts > 0; puts--) {
                    wire.send(whole);
                }
                wire.raw(Arrays.copyOf(frame, random.nextInt(frame.length)));
                wire.reset();
            }
        }
        serveOthers("reset-others", 100);
        try (Wire wire = node.connect()) {
            assertThat(TopicState.readAll(wire, "reset"))
                    .as("seed %d", seed)
                    .allSatisfy(entry -> assertThat(Stamp.of(entry)).isEqualTo(new Stamp("reset", 0)));
        }
    }

    @Test
    void connectionsThatComeAndGoLeaveNothingBehind() throws IOException {
        node.ask("REGISTER door").requireOk();
        Together.run(8, _ -> {
            for (int i = 0; i < 250; i++) {
                node.ask("PUT door x").requireOk();
            }
        });
        try (Wire wire = node.connect()) {
            assertThat(TopicState.of(wire, "door").entries()).isEqualTo(2_000);
        }
    }

    private static void serveOthers(String topic, int rounds) throws IOException {
        try (Wire wire = node.connect()) {
            wire.done("REGISTER " + topic);
            for (int i = 0; i < rounds; i++) {
                wire.done("PUT " + topic + " " + i);
                assertThat(wire.ask("GET " + topic).payloadText()).isEqualTo(Integer.toString(i));
            }
        }
    }
}
