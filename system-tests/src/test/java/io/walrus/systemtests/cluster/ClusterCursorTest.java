package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Consumer;
import io.walrus.systemtests.node.Stamp;
import io.walrus.testkit.process.Together;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// One cursor for all consumers, whichever nodes they ask, through rollovers that move it from leader to leader.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClusterCursorTest {
    private static final int CONSUMERS = 16;
    private static final int WRITERS = 4;
    private static final int PER_WRITER = 1_500;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void consumersOnAllNodesShareTheEntries() throws Exception {
        Cluster cluster = clusters.of(3, folder, setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", 10))
                .start();
        cluster.register("shared");
        List<Consumer> consumers = new ArrayList<>();
        for (int i = 0; i < CONSUMERS; i++) {
            consumers.add(new Consumer("shared", 1 + i % 8));
        }
        List<Sender> senders = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            senders.add(new Sender(new History("shared", "writer" + i), 4, cluster.addresses(1 + i % 3)));
        }
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> consuming = CompletableFuture.runAsync(
                () -> Together.run(
                        CONSUMERS,
                        index -> consumers
                                .get(index)
                                .take(cluster.node(1 + index % 3).clientPort(), done::get)),
                task -> Thread.ofVirtual().start(task));
        try {
            Load.put(PER_WRITER, senders);
            Cluster.await("all was handed out", () -> unread(cluster) == 0);
        } finally {
            done.set(true);
            consuming.get(1, TimeUnit.MINUTES);
        }

        assertThat(consumers).noneMatch(Consumer::refused).allMatch(consumer -> consumer.unanswered() == 0);
        LogCheck check = new LogCheck(
                "shared",
                senders.stream().flatMap(sender -> sender.histories().stream()).toList());
        assertThat(senders).allMatch(sender -> sender.histories().getFirst().acknowledged() == PER_WRITER);
        consumers.forEach(ClusterCursorTest::requireInOrder);
        consumers.stream()
                .flatMap(consumer -> consumer.handedOut().stream())
                .sorted(Comparator.comparing(Stamp::writer).thenComparingInt(Stamp::number))
                .forEach(check::accept);
        check.finish();
        assertThat(check.entries()).isEqualTo(WRITERS * PER_WRITER);
        cluster.assertUnruffled();
    }

    /// Each writer's entries come in their order to each consumer.
    private static void requireInOrder(Consumer consumer) {
        Map<String, Integer> last = new HashMap<>();
        for (Stamp stamp : consumer.handedOut()) {
            Integer before = last.put(stamp.writer(), stamp.number());
            assertThat(before == null || before < stamp.number())
                    .as("%s after %s", stamp, before)
                    .isTrue();
        }
    }

    private static long unread(Cluster cluster) {
        try {
            return cluster.state(1, "shared").unread();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
