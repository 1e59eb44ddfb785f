package io.walrus.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    private final ExecutorService client = Executors.newSingleThreadExecutor();
    private final AtomicInteger a = new AtomicInteger();
    private final AtomicInteger b = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();
    private boolean broken;

    /// Answers on a thread of its own, as clients do.
    private final TestedSystem.EntryWriter writer = new TestedSystem.EntryWriter(
            (topic, _) -> {
                mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                return CompletableFuture.runAsync(
                        () -> {
                            underWay.decrementAndGet();
                            if (broken) {
                                throw new IllegalStateException("broken");
                            }
                            (topic.equals("a") ? a : b).incrementAndGet();
                        },
                        client);
            },
            () -> {});

    @AfterEach
    void end() {
        client.shutdownNow();
    }

    @Test
    void sendsAllEntriesSoManyAtATimeToEachTopicInTurn() throws Exception {
        loop(8, 1000).fill();

        assertThat(a.get() + b.get()).isEqualTo(1000);
        assertThat(a.get()).isBetween(496, 504);
        assertThat(mostUnderWay).hasValueLessThanOrEqualTo(8);
    }

    @Test
    void saysWhyEntriesWereNotStored() {
        broken = true;

        assertThatThrownBy(() -> loop(8, 1000).fill())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken");
    }

    private ClosedLoop loop(int depth, long entries) {
        return new ClosedLoop(List.of(new ClosedLoop.Line(writer, List.of("a", "b"))), depth, entries);
    }
}
