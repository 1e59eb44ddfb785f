package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Stamp;
import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.process.Together;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A hundred topics in short segments, written to at the same time through all nodes.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ClusterMultiTopicTest {
    private static final int TOPICS = 100;
    private static final int CONNECTIONS = 10;
    private static final int LIMIT = 10;
    private static final int UNDER_WAY = 64;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void eachTopicKeepsItsOrderToTheLastEntry() throws IOException {
        Cluster cluster = clusters.of(3, folder, setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", LIMIT))
                .start();
        cluster.register(IntStream.range(0, TOPICS).mapToObj(i -> "topic" + i).toArray(String[]::new));
        List<Sender> senders = new ArrayList<>();
        for (int connection = 0; connection < CONNECTIONS; connection++) {
            List<History> histories = new ArrayList<>();
            for (int topic = connection; topic < TOPICS; topic += CONNECTIONS) {
                histories.add(new History("topic" + topic, "writer" + topic));
            }
            senders.add(new Sender(histories, 1, Stamp::entry, cluster.addresses(1 + connection % 3)));
        }
        List<History> histories;
        try (Load load = new Load(senders)) {
            load.run(Load.TIME);
            histories = load.end();
        }
        assertThat(histories).allMatch(history -> history.acknowledged() == history.sent() && history.sent() > LIMIT);
        Together.run(CONNECTIONS, connection -> {
            try (Wire wire = cluster.connect(1 + (connection + 1) % 3)) {
                for (History history : senders.get(connection).histories()) {
                    requireExact(wire, history);
                }
            }
        });
        System.err.printf(
                "%d entries in %d topics%n",
                histories.stream().mapToInt(History::sent).sum(), TOPICS);
        cluster.assertUnruffled();
    }

    /// What GET hands out is all that was sent, in order; then there is nothing more.
    private static void requireExact(Wire wire, History history) throws IOException {
        String get = "GET " + history.topic();
        TopicState state = TopicState.of(wire, history.topic());
        assertThat(state.entries()).as(history.topic()).isEqualTo(history.sent());
        assertThat(state.sealed().values()).as(history.topic()).containsOnly((long) LIMIT);
        for (int from = 0; from < history.sent(); from += UNDER_WAY) {
            int to = Math.min(history.sent(), from + UNDER_WAY);
            for (int i = from; i < to; i++) {
                wire.send(get);
            }
            wire.flush();
            for (int i = from; i < to; i++) {
                WireReply reply = wire.reply();
                assertThat(Stamp.of(reply.payload())).isEqualTo(new Stamp(history.writer(), i));
            }
        }
        assertThat(wire.ask(get).isEmpty()).as(get).isTrue();
    }
}
