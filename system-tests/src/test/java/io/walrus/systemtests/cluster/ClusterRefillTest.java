package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.systemtests.node.Json;
import io.walrus.systemtests.node.Stamp;
import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.process.Folders;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Sealed segments get their copies back: on a disk that is empty, on nodes that came later, and on others when a node
/// is gone for good.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterRefillTest {
    private static final String TOPIC = "kept";
    private static final int LIMIT = 50;
    private static final int ENTRIES = 2_000;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void anEmptyDiskIsFilledAndItsCopiesAreAsGoodAsTheOthers() throws IOException {
        Cluster cluster = clusterOf(3, LIMIT);
        cluster.start();
        List<History> histories = put(cluster, 1);

        cluster.kill9(3);
        Folders.delete(cluster.setup(3).dataDirectory());
        cluster.start(3);
        awaitFullStrength(cluster, 1, 2, 3);
        assertThat(Json.metrics(cluster.node(3)).get("segments_copied").asLong())
                .isGreaterThanOrEqualTo(ENTRIES / LIMIT);
        TopicState state = cluster.state(3, TOPIC);

        cluster.kill9(2);
        cluster.check(3, TOPIC, histories);
        cluster.kill9(1);
        readFromItsOwnCopies(cluster, 3, state);
        cluster.assertUnruffled();
    }

    @Test
    void nodesThatCameLaterGetWhatWasThereBefore() throws IOException {
        Cluster cluster = clusterOf(3, LIMIT);
        cluster.start(1);
        List<History> histories = put(cluster, 1);

        cluster.start(2, 3);
        awaitFullStrength(cluster, 1, 2, 3);
        cluster.kill9(1);
        cluster.check(2, TOPIC, histories);
        cluster.check(3, TOPIC, histories);
        cluster.assertUnruffled();
    }

    @Test
    void othersTakeWhatANodeStoredThatIsGoneForGood() throws IOException {
        Cluster cluster = clusterOf(4, LIMIT);
        cluster.start();
        List<History> _ = put(cluster, 1);
        awaitFullStrength(cluster, 1, 2, 3, 4);

        cluster.kill9(4);
        Cluster.await("node 4 counts as gone", () -> number(cluster, 1, "under_replicated") > 0);
        awaitFullStrength(cluster, 1, 2, 3);
        TopicState state = cluster.state(1, TOPIC);
        cluster.kill9(2, 3);
        readFromItsOwnCopies(cluster, 1, state);
        cluster.assertUnruffled();
    }

    private Cluster clusterOf(int nodes, int limit) {
        return clusters.of(
                nodes,
                folder,
                setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", limit).with("WALRUS_REPLACE_AFTER_MS", 5_000));
    }

    private static List<History> put(Cluster cluster, int via) throws IOException {
        cluster.register(TOPIC);
        Sender sender = new Sender(new History(TOPIC, TOPIC + "." + via), 32, cluster.addresses(via));
        Load.put(ENTRIES, List.of(sender));
        assertThat(sender.histories().getFirst().acknowledged()).isEqualTo(ENTRIES);
        return sender.histories();
    }

    private static void awaitFullStrength(Cluster cluster, int... ids) {
        for (int id : ids) {
            Cluster.await(
                    "node " + id + " has all its copies, and knows of no segment with too few",
                    () -> number(cluster, id, "under_replicated") == 0 && number(cluster, id, "segments_to_copy") == 0);
        }
    }

    /// @return -1 if it is not known yet
    private static long number(Cluster cluster, int id, String field) {
        try {
            JsonNode value = Json.metrics(cluster.node(id)).get(field);
            return value.isNull() ? -1 : value.asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads all sealed segments through the only node that is left; one writer filled them.
    private static void readFromItsOwnCopies(Cluster cluster, int id, TopicState state) throws IOException {
        assertThat(state.sealedEntries()).isEqualTo(ENTRIES);
        int number = 0;
        try (Wire wire = cluster.connect(id)) {
            for (Map.Entry<Long, Long> segment : state.sealed().entrySet()) {
                for (long offset = 0; offset < segment.getValue(); offset++) {
                    byte[] entry = wire.ask("FETCH " + TOPIC + " " + segment.getKey() + " " + offset)
                            .fetched(offset + 1);
                    assertThat(Stamp.of(entry).number()).isEqualTo(number);
                    number++;
                }
            }
        }
    }
}
