package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
            idle.awaitClosed();
            node.assertUnruffledToTheEnd();
        }
    }
}
