package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Stamp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Sixteen connections put entries of a KiB as fast as they are taken: without a single error, and all of them are
/// there.
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class ClusterStressTest {
    private static final int CONNECTIONS = 16;
    private static final int UNDER_WAY = 16;
    private static final String[] TOPICS = {"stress0", "stress1", "stress2", "stress3"};

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void nothingIsRefusedAndAllIsCountedBack() throws IOException {
        Cluster cluster = clusters.of(3, folder, setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", 20_000))
                .start();
        cluster.register(TOPICS);
        List<Sender> senders = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            History history = new History(TOPICS[i % TOPICS.length], "writer" + i);
            senders.add(new Sender(List.of(history), UNDER_WAY, Stamp::kibibyte, cluster.addresses(1 + i % 3)));
        }
        List<History> histories;
        try (Load load = new Load(senders)) {
            load.run(Load.TIME);
            histories = load.end();
        }
        assertThat(histories).allMatch(history -> history.acknowledged() == history.sent());
        long total = 0;
        for (int i = 0; i < TOPICS.length; i++) {
            String topic = TOPICS[i];
            int sent = histories.stream()
                    .filter(history -> history.topic().equals(topic))
                    .mapToInt(History::sent)
                    .sum();
            int via = 1 + i % 3;
            assertThat(cluster.state(via, topic).entries()).isEqualTo(sent);
            cluster.check(via, topic, histories);
            total += sent;
        }
        System.err.printf("%d entries in %d s%n", total, Load.TIME.toSeconds());
        cluster.assertUnruffled();
    }
}
