package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Stamp;
import io.walrus.systemtests.node.TopicReader;
import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.process.Together;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Any node may be asked for anything.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClusterForwardingTest {
    private static final int UNDER_WAY = 64;
    private static final int LIMIT = 10;

    @RegisterExtension
    static final Clusters CLUSTERS = new Clusters();

    @TempDir
    private static Path folder;

    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = CLUSTERS.of(3, folder, setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", LIMIT))
                .start();
    }

    @AfterAll
    static void nobodyWasRuffled() {
        cluster.assertUnruffled();
    }

    /// The same topic through all nodes at the same time; each serves it as soon as it has said OK.
    @Test
    void aTopicIsCreatedOnceWhoeverIsAsked() throws IOException {
        int rounds = 20;
        int askers = 6;
        CyclicBarrier together = new CyclicBarrier(askers);
        Together.run(askers, asker -> {
            try (Wire wire = cluster.connect(1 + asker % 3)) {
                for (int round = 0; round < rounds; round++) {
                    String topic = "created" + round;
                    together.await();
                    wire.done("REGISTER " + topic);
                    wire.done("PUT " + topic + " " + asker);
                    assertThat(TopicState.of(wire, topic).entries()).isBetween(1L, (long) askers);
                    wire.done("REGISTER " + topic);
                }
            }
        });
        for (int round = 0; round < rounds; round++) {
            for (int id : cluster.ids()) {
                assertThat(cluster.state(id, "created" + round).entries()).isEqualTo(askers);
            }
        }
    }

    /// What one node has answered holds for the next request to any other.
    @Test
    void whatOneNodeAcknowledgedTheOthersKnowAtOnce() throws IOException {
        try (Wire first = cluster.connect(1);
                Wire second = cluster.connect(2);
                Wire third = cluster.connect(3)) {
            List<Wire> wires = List.of(first, second, third);
            for (int round = 0; round < 30; round++) {
                String topic = "known" + round;
                wires.get(round % 3).done("REGISTER " + topic);
                wires.get((round + 1) % 3).done("PUT " + topic + " x");
                assertThat(TopicState.of(wires.get((round + 2) % 3), topic).entries())
                        .isEqualTo(1);
                assertThat(wires.get((round + 2) % 3).ask("GET " + topic).payloadText())
                        .isEqualTo("x");
                assertThat(wires.get(round % 3).ask("GET " + topic).isEmpty()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyRequestWorksThroughEveryNode(int via) throws IOException {
        for (int leader : cluster.ids()) {
            String topic = cluster.topicLedBy(leader, "through" + via + "-led-by-" + leader + "-");
            try (Wire wire = cluster.connect(via)) {
                wire.done("PUT " + topic + " first");
                wire.ask(Wire.put(topic, new byte[0])).requireOk();
                TopicState state = TopicState.of(wire, topic);
                assertThat(state.entries()).isEqualTo(2);
                assertThat(state.unread()).isEqualTo(2);
                String fetch = "FETCH " + topic + " " + state.currentSegment() + " ";
                assertThat(wire.ask(fetch + 0).fetched(1)).isEqualTo(Wire.utf8("first"));
                assertThat(wire.ask(fetch + 1).fetched(2)).isEmpty();
                assertThat(wire.ask(fetch + 2).isEmpty()).isTrue();
                assertThat(wire.ask("GET " + topic).payloadText()).isEqualTo("first");
                assertThat(wire.ask("GET " + topic).payload()).isEmpty();
                assertThat(wire.ask("GET " + topic).isEmpty()).isTrue();
                assertThat(TopicState.of(wire, topic).unread()).isZero();
                assertThat(wire.ask("FETCH " + topic + " 999 0").text()).startsWith("ERR unknown segment 999");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatMakesNoSenseIsRefusedTheSameByAll(int via) throws IOException {
        try (Wire wire = cluster.connect(via)) {
            for (String request : List.of("PUT nope x", "GET nope", "STATE nope", "FETCH nope 1 0")) {
                assertThat(wire.ask(request).text()).startsWith("ERR unknown topic nope");
            }
            assertThat(wire.ask("PUT logs").text()).isEqualTo("ERR PUT requires a payload");
        }
    }

    /// The largest entry there may be, both ways.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theLargestEntryIsForwarded(int via) throws IOException {
        String topic = "large" + via;
        byte[] entry = new byte[(1 << 20) - Wire.utf8("PUT " + topic + " ").length];
        Arrays.fill(entry, (byte) via);
        cluster.register(topic);
        for (int id : cluster.ids()) {
            try (Wire wire = cluster.connect(id)) {
                wire.ask(Wire.put(topic, entry)).requireOk();
                assertThat(wire.ask("GET " + topic).payload()).isEqualTo(entry);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void repliesComeInTheOrderOfRequestsToTopicsOfDifferentLeaders(int via) throws IOException {
        List<String> topics = new ArrayList<>();
        for (int leader : cluster.ids()) {
            topics.add(cluster.topicLedBy(leader, "order" + via + "-" + leader + "-"));
        }
        try (Wire wire = cluster.connect(via)) {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < UNDER_WAY; i++) {
                    String topic = topics.get(i % topics.size());
                    switch (i / topics.size() % 4) {
                        case 0 -> wire.send("PUT " + topic + " " + round + "/" + topic);
                        case 1 -> wire.send("GET " + topic);
                        case 2 -> wire.send("STATE " + topic);
                        default -> wire.send("nonsense");
                    }
                }
                wire.flush();
                for (int i = 0; i < UNDER_WAY; i++) {
                    String topic = topics.get(i % topics.size());
                    switch (i / topics.size() % 4) {
                        case 0 -> wire.reply().requireOk();
                        case 1 -> assertThat(wire.reply().payloadText()).isEqualTo(round + "/" + topic);
                        case 2 -> TopicState.of(wire.reply(), topic);
                        default -> assertThat(wire.reply().text()).startsWith("ERR unknown command");
                    }
                }
                // An odd number of PUTs in each round leaves one entry more than was taken.
                for (String topic : topics) {
                    while (!wire.ask("GET " + topic).isEmpty()) {}
                }
            }
        }
    }

    /// Across rollovers, that is while the leader changes every ten entries.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void pipelinedEntriesAreStoredInTheOrderTheyWereSent(int via) throws IOException {
        int entries = 2_000;
        String topic = "pipelined" + via;
        cluster.register(topic);
        try (Wire wire = cluster.connect(via)) {
            int answered = 0;
            for (int sent = 0; sent < entries; sent++) {
                wire.send(Wire.put(topic, new Stamp(topic, sent).entry()));
                if (sent - answered >= UNDER_WAY) {
                    wire.flush().reply().requireOk();
                    answered++;
                }
            }
            wire.flush();
            while (answered < entries) {
                wire.reply().requireOk();
                answered++;
            }
        }
        List<Stamp> log = new ArrayList<>();
        try (Wire wire = cluster.connect(1 + via % 3)) {
            new TopicReader(wire, topic, Cluster.SOON).readAll(entry -> log.add(Stamp.of(entry)));
        }
        assertThat(log).hasSize(entries);
        for (int i = 0; i < entries; i++) {
            assertThat(log.get(i).number()).as("entry %d", i).isEqualTo(i);
        }
        assertThat(cluster.state(via, topic).leaders().values()).contains(1, 2, 3);
    }

    /// Requests of one connection to one topic take effect in their order, also when they are of different kinds.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aPipelinedGetFindsWhatWasPutBeforeIt(int via) throws IOException {
        String topic = "paired" + via;
        cluster.register(topic);
        try (Wire wire = cluster.connect(via)) {
            for (int from = 0; from < 640; from += UNDER_WAY) {
                for (int i = from; i < from + UNDER_WAY; i++) {
                    wire.send("PUT " + topic + " " + i).send("GET " + topic);
                }
                wire.flush();
                for (int i = from; i < from + UNDER_WAY; i++) {
                    wire.reply().requireOk();
                    assertThat(wire.reply().payloadText()).isEqualTo(Integer.toString(i));
                }
            }
        }
    }
}
