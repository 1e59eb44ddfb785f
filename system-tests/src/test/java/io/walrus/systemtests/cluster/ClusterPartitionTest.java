package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Stamp;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nodes that can't hear each other, or that stand still: a node that has lost touch refuses to write, nobody waits
/// without end, the others go on, and afterwards all is as if nothing had been.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@Tag("slow")
class ClusterPartitionTest {
    /// A node that has not heard from the others for that long takes no more entries.
    private static final Duration LEASE_OVER_WITHIN = Duration.ofSeconds(5);

    /// The request timeout of these nodes is 3 s.
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);

    private static final Duration OUTAGE = Duration.ofSeconds(5);
    private static final int ENOUGH = 50;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    private final List<History> histories = new ArrayList<>();
    private final List<String> topics = new ArrayList<>();

    /// Node 1 leads the metadata at first, node 3 doesn't.
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aNodeThatIsCutOffTakesNothingAndTheOthersGoOn(int lonely) throws IOException {
        Network network = clusters.network(3);
        Cluster cluster = startedIn(network);
        try (Load load = new Load(pinnedSenders(cluster))) {
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            network.cutOff(lonely);
            try {
                othersGoOn(load);
                requireRefusesInTime(cluster, lonely, topics.get(lonely - 1));
                othersServe(cluster, lonely);
                load.run(OUTAGE);
                othersGoOn(load);
            } finally {
                network.heal(lonely);
            }
            cluster.awaitVoters(cluster.ids());
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            histories.addAll(load.end());
        }
        requireAllKept(cluster);
    }

    /// Three nodes of which none hears another: none of them takes anything, and all of it passes.
    @Test
    void withoutAnyMajorityNothingIsTaken() throws IOException {
        Network network = clusters.network(3);
        Cluster cluster = startedIn(network);
        for (int id : cluster.ids()) {
            network.cutOff(id);
        }
        for (int id : cluster.ids()) {
            requireRefusesInTime(cluster, id, topics.get(id - 1));
        }
        for (int id : cluster.ids()) {
            network.heal(id);
        }
        cluster.awaitVoters(cluster.ids());
        try (Load load = new Load(pinnedSenders(cluster))) {
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            histories.addAll(load.end());
        }
        requireAllKept(cluster);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aNodeThatStandsStillHoldsNobodyUp(int still) throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        registerOneLedByEach(cluster);
        try (Load load = new Load(pinnedSenders(cluster))) {
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            cluster.node(still).pause();
            try {
                othersGoOn(load);
                othersServe(cluster, still);
                load.run(OUTAGE);
                othersGoOn(load);
            } finally {
                cluster.node(still).resume();
            }
            cluster.awaitVoters(cluster.ids());
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            histories.addAll(load.end());
        }
        requireAllKept(cluster);
    }

    private Cluster startedIn(Network network) throws IOException {
        Cluster cluster = clusters.of(0, folder);
        for (int id = 1; id <= 3; id++) {
            int node = id;
            cluster.define(id, 1, setup -> network.place(node, setup));
        }
        cluster.start();
        registerOneLedByEach(cluster);
        return cluster;
    }

    private void registerOneLedByEach(Cluster cluster) throws IOException {
        for (int id : cluster.ids()) {
            topics.add(cluster.topicLedBy(id, "led-by-" + id + "-"));
        }
    }

    /// For each topic a writer through each node, which goes nowhere else.
    private List<Sender> pinnedSenders(Cluster cluster) {
        List<Sender> senders = new ArrayList<>();
        for (String topic : topics) {
            for (int via : cluster.ids()) {
                History history = new History(topic, topic + "." + via);
                senders.add(new Sender(history, 4, cluster.addresses(via)));
            }
        }
        return senders;
    }

    /// Entries of all topics are acknowledged, those of the lost node's too: another one leads it.
    private void othersGoOn(Load load) {
        topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
    }

    /// After the lease every PUT is refused, each in time.
    private void requireRefusesInTime(Cluster cluster, int lonely, String topic) throws IOException {
        History history = new History(topic, topic + ".refused." + lonely);
        histories.add(history);
        try (Wire wire = cluster.connect(lonely)) {
            long cutNs = System.nanoTime();
            boolean leased = true;
            while (leased) {
                leased = put(wire, history).isOk();
                assertThat(sinceNs(cutNs))
                        .as("entries are taken without word from the others")
                        .isLessThan(LEASE_OVER_WITHIN.plus(ANSWERED_WITHIN));
            }
            for (int i = 0; i < 3; i++) {
                WireReply reply = put(wire, history);
                assertThat(reply.isError()).as("%s to a PUT", reply).isTrue();
            }
        }
    }

    /// Once another node leads the lost one's topic, a new client has its answers in time.
    private void othersServe(Cluster cluster, int lost) throws IOException {
        String topic = topics.get(lost - 1);
        for (int via : cluster.idsWithout(lost)) {
            History history = new History(topic, topic + ".without." + via);
            histories.add(history);
            try (Wire wire = cluster.connect(via)) {
                WireReply put = put(wire, history);
                assertThat(put.isOk())
                        .as("%s to a PUT through node %d", put, via)
                        .isTrue();
                long askedNs = System.nanoTime();
                WireReply get = wire.ask("GET " + topic);
                assertThat(get.isOk())
                        .as("%s to a GET through node %d", get, via)
                        .isTrue();
                assertThat(sinceNs(askedNs)).isLessThan(ANSWERED_WITHIN);
            }
        }
    }

    private static WireReply put(Wire wire, History history) throws IOException {
        int number = history.send();
        long askedNs = System.nanoTime();
        WireReply reply = wire.ask(Wire.put(history.topic(), new Stamp(history.writer(), number).entry()));
        assertThat(sinceNs(askedNs)).as("%s comes in time", reply).isLessThan(ANSWERED_WITHIN);
        history.answered(number, reply);
        return reply;
    }

    private static Duration sinceNs(long startNs) {
        return Duration.ofNanos(System.nanoTime() - startNs);
    }

    private void requireAllKept(Cluster cluster) throws IOException {
        for (String topic : topics) {
            for (int via : cluster.ids()) {
                cluster.check(via, topic, histories);
            }
        }
        cluster.assertUnruffled();
    }
}
