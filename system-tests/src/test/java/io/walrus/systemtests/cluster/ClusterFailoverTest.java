package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A node that leads topics and follows others is killed under load and never comes back: all go on through the other
/// nodes, and all that was acknowledged is there.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterFailoverTest {
    private static final int UNDER_WAY = 8;
    private static final int ENOUGH = 200;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    /// With two copies, one topic lacks a follower that it can't do without.
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void topicsOfANodeThatIsGoneForGoodGoOn(int copies) throws IOException {
        Cluster cluster = clusters.of(
                        3,
                        folder,
                        setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", 100_000)
                                .with("WALRUS_REPLICATION_FACTOR", copies))
                .start();
        int gone = cluster.metadataLeader();
        int[] others = cluster.idsWithout(gone);
        List<String> topics = new ArrayList<>();
        List<Sender> senders = new ArrayList<>();
        for (int id : cluster.ids()) {
            String topic = cluster.topicLedBy(id, "led-by-" + id + "-");
            topics.add(topic);
            for (int first : cluster.ids()) {
                InetSocketAddress[] nodes = cluster.addresses(first, 1 + first % 3, 1 + (first + 1) % 3);
                senders.add(new Sender(new History(topic, topic + "." + first), UNDER_WAY, nodes));
            }
        }
        List<History> histories;
        try (Load load = new Load(senders)) {
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            cluster.kill9(gone);
            long killedNs = System.nanoTime();
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            assertThat(Duration.ofNanos(System.nanoTime() - killedNs))
                    .as("from the kill to %d further entries of each topic", ENOUGH)
                    .isLessThan(LONGEST_PAUSE);
            histories = load.end();
        }
        for (String topic : topics) {
            assertThat(cluster.state(others[0], topic).leader()).isNotEqualTo(gone);
            for (int via : others) {
                cluster.check(via, topic, histories);
            }
        }
        cluster.assertUnruffled();
    }

    @Test
    void theNextEntryIsTakenSoonAndTheCursorGoesOn() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        int gone = cluster.metadataLeader();
        String topic = cluster.topicLedBy(gone, "led-");
        int via = cluster.idsWithout(gone)[0];
        try (Wire wire = cluster.connect(via)) {
            for (int i = 0; i < 10; i++) {
                wire.done("PUT " + topic + " entry-" + i);
            }
            for (int i = 0; i < 4; i++) {
                assertThat(wire.ask("GET " + topic).payloadText()).isEqualTo("entry-" + i);
            }
            long killedNs = System.nanoTime();
            cluster.kill9(gone);
            Cluster.await("node " + via + " takes an entry", () -> isOk(wire, "PUT " + topic + " late"));
            System.err.println("failover took "
                    + Duration.ofNanos(System.nanoTime() - killedNs).toMillis() + " ms");
            for (int i = 4; i < 10; i++) {
                assertThat(wire.ask("GET " + topic).payloadText()).isEqualTo("entry-" + i);
            }
            assertThat(wire.ask("GET " + topic).payloadText()).isEqualTo("late");
        }
        cluster.assertUnruffled();
    }

    private static boolean isOk(Wire wire, String request) {
        try {
            return wire.ask(request).isOk();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
