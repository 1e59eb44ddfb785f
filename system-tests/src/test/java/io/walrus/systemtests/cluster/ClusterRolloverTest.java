package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.TopicReader;
import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Segments of ten entries: sealed with exact counts, led by one node after the other, readable through any.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ClusterRolloverTest {
    private static final int LIMIT = 10;
    private static final int ENTRIES = 60;

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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void leadershipRotatesAndTheSequenceIsExact(int reader) throws IOException {
        String topic = "read-through-" + reader;
        cluster.register(topic);
        List<String> expected =
                IntStream.range(0, ENTRIES).mapToObj(i -> "entry " + i).toList();
        try (Wire writer = cluster.connect(1 + reader % 3)) {
            for (String entry : expected) {
                writer.done("PUT " + topic + " " + entry);
            }
        }
        Cluster.await(
                "six segments are sealed", () -> state(reader, topic).sealed().size() >= ENTRIES / LIMIT);

        TopicState state = state(reader, topic);
        assertThat(state.entries()).isEqualTo(ENTRIES);
        assertThat(state.sealed().values()).containsOnly((long) LIMIT);
        assertThat(state.sealedEntries()).isEqualTo(ENTRIES);
        assertThat(state.leaders().values()).as("leaders of %s", state).contains(1, 2, 3);
        assertThat(state.leaders()).containsEntry(state.currentSegment(), state.leader());
        for (int id : cluster.ids()) {
            assertThat(state(id, topic)).as("STATE through node %d", id).isEqualTo(state);
        }
        try (Wire wire = cluster.connect(reader)) {
            List<String> fetched = new ArrayList<>();
            new TopicReader(wire, topic, Cluster.SOON)
                    .readAll(entry -> fetched.add(new String(entry, StandardCharsets.UTF_8)));
            assertThat(fetched).isEqualTo(expected);
            for (String entry : expected) {
                assertThat(wire.ask("GET " + topic).payloadText()).isEqualTo(entry);
            }
            assertThat(wire.ask("GET " + topic).isEmpty()).isTrue();
        }
        assertThat(state(reader, topic).unread()).isZero();
    }

    private static TopicState state(int via, String topic) {
        try {
            return cluster.state(via, topic);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
