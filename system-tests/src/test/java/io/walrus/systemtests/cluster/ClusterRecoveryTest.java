package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Stamp;
import io.walrus.systemtests.node.TopicReader;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The whole cluster dies, again and again.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@Tag("slow")
class ClusterRecoveryTest {
    private static final int ROUNDS = 5;
    private static final int PER_ROUND = 205;
    private static final int ENOUGH = 100;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void theSequenceIsExactAfterEachOfFiveKillsOfAllNodes() throws IOException {
        Cluster cluster = clusters.of(3, folder, setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", 50))
                .start();
        cluster.register("exact", "loaded");
        History exact = new History("exact", "exact");
        List<History> loaded = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Load.put(PER_ROUND * (round + 1), List.of(new Sender(exact, 16, cluster.addresses(1 + round % 3))));
            assertThat(exact.acknowledged()).isEqualTo(PER_ROUND * (round + 1));
            // The other topic is being written to when the nodes die.
            List<Sender> senders = new ArrayList<>();
            for (int id : cluster.ids()) {
                History history = new History("loaded", "loaded." + round + "." + id);
                loaded.add(history);
                senders.add(new Sender(history, 4, cluster.addresses(id)));
            }
            try (Load load = new Load(senders)) {
                load.awaitProgress("loaded", ENOUGH);
                cluster.kill9(cluster.ids());
            }
            cluster.start();
            int via = 1 + (round + 1) % 3;
            requireExact(cluster, via, exact.acknowledged());
            cluster.check(via, "loaded", loaded);
        }
        takeAll(cluster, exact.acknowledged());
        cluster.assertUnruffled();
    }

    private static void requireExact(Cluster cluster, int via, int entries) throws IOException {
        List<Stamp> log = new ArrayList<>();
        try (Wire wire = cluster.connect(via)) {
            new TopicReader(wire, "exact", Cluster.SOON).readAll(entry -> log.add(Stamp.of(entry)));
        }
        assertThat(log)
                .isEqualTo(IntStream.range(0, entries)
                        .mapToObj(number -> new Stamp("exact", number))
                        .toList());
    }

    private static void takeAll(Cluster cluster, int entries) throws IOException {
        try (Wire first = cluster.connect(1);
                Wire second = cluster.connect(2)) {
            for (int i = 0; i < entries; i++) {
                Wire wire = i % 2 == 0 ? first : second;
                assertThat(Stamp.of(wire.ask("GET exact").payload())).isEqualTo(new Stamp("exact", i));
            }
            assertThat(first.ask("GET exact").isEmpty()).isTrue();
            assertThat(second.ask("GET exact").isEmpty()).isTrue();
        }
    }
}
