package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Together;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stopping as asked, and starting again: in time, and with nothing changed.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class RestartTest {
    private static final int WRITERS = 16;
    private static final int RESTARTS = 5;

    @TempDir
    private Path folder;

    @Test
    void aNodeUnderLoadStopsInTimeAndKeepsWhatItAcknowledged() throws IOException {
        NodeProcess node = NodeSetup.in(folder).start();
        try {
            node.ask("REGISTER t").requireOk();
            List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new Writer("t", "writer" + i));
            }
            List<Consumer> consumers = List.of(new Consumer("t", 8), new Consumer("t", 1));
            CountDownLatch loaded = new CountDownLatch(20_000);
            NodeProcess stopping = node;
            int port = node.clientPort();
            Together.run(WRITERS + consumers.size() + 1, index -> {
                if (index < WRITERS) {
                    writers.get(index).write(port, Integer.MAX_VALUE - 1_000, _ -> loaded.countDown());
                } else if (index < WRITERS + consumers.size()) {
                    consumers.get(index - WRITERS).take(port, () -> false);
                } else {
                    try {
                        assertThat(loaded.await(1, TimeUnit.MINUTES)).isTrue();
                        stopping.terminate();
                    } finally {
                        stopping.kill9();
                    }
                }
            });
            node.assertUnruffledToTheEnd();
            node = node.restart();
            try (Wire wire = node.connect()) {
                List<Stamp> log =
                        TopicState.readAll(wire, "t").stream().map(Stamp::of).toList();
                writers.forEach(writer -> writer.assertKept(log));
                List<Stamp> handedOut = consumers.stream()
                        .flatMap(consumer -> consumer.handedOut().stream())
                        .toList();
                assertThat(handedOut).doesNotHaveDuplicates();
                long cursor = log.size() - TopicState.of(wire, "t").unread();
                int unanswered =
                        consumers.stream().mapToInt(Consumer::unanswered).sum();
                assertThat(log.subList(0, (int) cursor)).containsAll(handedOut);
                assertThat(cursor - handedOut.size())
                        .as("entries skipped by GETs without an answer")
                        .isBetween(0L, (long) unanswered);
            }
            node.assertUnruffled();
        } finally {
            node.close();
        }
    }

    @Test
    void anIdleNodeStopsWithExitCodeZero() throws IOException {
        try (NodeProcess node = NodeSetup.in(folder).start();
                Wire idle = node.connect()) {
            node.terminate();
            assertThat(idle.reply().text())
                    .as("to a request that may be on its way")
                    .startsWith("ERR shutting down");
            idle.awaitClosed();
            node.assertUnruffledToTheEnd();
        }
    }

    /// So that they can go to another node and know what became of each request.
    @Test
    void aNodeThatStopsSaysSoToClientsThatStillSend() throws IOException {
        try (NodeProcess node = NodeSetup.in(folder).start()) {
            CountDownLatch loaded = new CountDownLatch(5_000);
            List<WireReply> last = Collections.synchronizedList(new ArrayList<>());
            Together.run(WRITERS + 1, index -> {
                if (index == WRITERS) {
                    assertThat(loaded.await(1, TimeUnit.MINUTES)).isTrue();
                    node.terminate();
                    return;
                }
                try (Wire wire = node.connect()) {
                    WireReply reply = wire.ask("PUT logs x");
                    while (reply.isOk()) {
                        loaded.countDown();
                        reply = wire.ask("PUT logs x");
                    }
                    last.add(reply);
                }
            });
            assertThat(last).hasSize(WRITERS).allMatch(reply -> reply.text().startsWith("ERR shutting down"));
            node.assertUnruffledToTheEnd();
        }
    }

    /// Sealed counts, cursors and all entries through restarts, while segments are sealed and the metadata is written
    /// out all the time.
    @Test
    void countsAndCursorsAreExactAfterEveryRestart() throws IOException {
        int perWriter = 100;
        NodeSetup setup = NodeSetup.in(folder)
                .with("WALRUS_SNAPSHOT_EVERY", 50)
                .with("WALRUS_MAX_SEGMENT_ENTRIES", 10)
                .with("WALRUS_MONITOR_CHECK_MS", 50);
        List<Writer> writers = new ArrayList<>();
        NodeProcess node = setup.start();
        try {
            node.ask("REGISTER t").requireOk();
            long taken = 0;
            for (int restart = 1; restart <= RESTARTS; restart++) {
                List<Writer> now = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    now.add(new Writer("t", restart + "." + i));
                }
                writers.addAll(now);
                int port = node.clientPort();
                Together.run(WRITERS, index -> now.get(index).write(port, perWriter, _ -> {}));
                assertThat(now).allMatch(writer -> writer.acknowledged() == perWriter);
                try (Wire wire = node.connect()) {
                    for (int i = 0; i < 7 * restart; i++) {
                        assertThat(wire.ask("GET t").isOk()).isTrue();
                        taken++;
                    }
                }
                if (restart % 2 == 1) {
                    node.terminate();
                }
                node = node.restart();
                taken += checkExact(node, writers, (long) perWriter * WRITERS * restart, taken);
                node.assertUnruffled();
            }
            assertThat(Json.metrics(node).get("snapshot").asLong()).isPositive();
        } finally {
            node.close();
        }
    }

    /// Compares counts, cursor and entries with what was done.
    ///
    /// @return entries taken by that
    private static int checkExact(NodeProcess node, List<Writer> writers, long entries, long taken) throws IOException {
        try (Wire wire = node.connect()) {
            TopicState state = TopicState.of(wire, "t");
            assertThat(state.entries()).isEqualTo(entries);
            assertThat(state.unread()).isEqualTo(entries - taken);
            assertThat(state.sealed().values()).allMatch(count -> count >= 1 && count <= 10);
            List<Stamp> log =
                    TopicState.readAll(wire, "t").stream().map(Stamp::of).toList();
            assertThat(log).hasSize((int) entries);
            writers.forEach(writer -> writer.assertKept(log));
            assertThat(Stamp.of(wire.ask("GET t").payload())).isEqualTo(log.get((int) taken));
            return 1;
        }
    }
}
