package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The leader dies with forwarded entries under way: the node that was asked says which it doesn't know the outcome of,
/// and none of them is ever stored twice.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@Tag("slow")
class ClusterOutcomeTest {
    private static final int ROUNDS = 6;
    private static final int UNDER_WAY = 32;
    private static final int ENOUGH = 500;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void forwardedEntriesAreStoredOnceOrNotAtAll() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        List<History> histories = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            int leader = 1 + round % 3;
            String topic = cluster.topicLedBy(leader, "round" + round + "-");
            List<Sender> senders = new ArrayList<>();
            for (int via : cluster.idsWithout(leader)) {
                for (int i = 0; i < 2; i++) {
                    History history = new History(topic, topic + "." + via + "." + i);
                    senders.add(new Sender(history, UNDER_WAY, cluster.addresses(via)));
                }
            }
            List<History> written;
            try (Load load = new Load(senders)) {
                load.awaitProgress(topic, ENOUGH);
                cluster.kill9(leader);
                // The nodes that were asked run on: every request gets its answer, and none waits for the restart.
                written = load.end();
            }
            histories.addAll(written);
            cluster.start(leader);
            requirePutsWork(cluster, topic, histories);
            for (int via : cluster.ids()) {
                cluster.check(via, topic, histories);
            }
        }
        long unknown = histories.stream().mapToInt(History::unknown).sum();
        assertThat(unknown)
                .as("entries of unknown outcome: there is something to be tested")
                .isPositive();
        System.err.println(unknown + " entries of unknown outcome");
        cluster.assertUnruffled();
    }

    private static void requirePutsWork(Cluster cluster, String topic, List<History> histories) {
        List<Sender> after = Arrays.stream(cluster.ids())
                .mapToObj(via -> new Sender(new History(topic, topic + ".after." + via), 1, cluster.addresses(via)))
                .toList();
        try (Load load = new Load(after)) {
            load.awaitProgress(topic, 10);
            histories.addAll(load.end());
        }
        assertThat(after.stream().flatMap(sender -> Stream.of(sender.histories().getFirst())))
                .allMatch(history -> history.unknown() == 0);
    }
}
