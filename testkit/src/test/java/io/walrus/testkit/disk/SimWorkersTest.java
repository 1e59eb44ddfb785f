package io.walrus.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.io.Workers.Worker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimWorkersTest {
    private final SimClock clock = new SimClock();
    private final SimWorkers workers = new SimWorkers(clock, 1);
    private final List<String> runs = new ArrayList<>();

    @Test
    void runsASignalledStepOnceForAllSignals() {
        Worker worker = workers.start("a", () -> step("a", Long.MAX_VALUE));
        assertThat(workers.runOne()).isFalse();
        worker.signal();
        worker.signal();
        workers.runUntilIdle(10);
        assertThat(runs).containsExactly("a");
    }

    @Test
    void runsATimedStepWhenTheClockHasMovedOn() {
        Worker worker = workers.start("a", () -> step("a", 1_000));
        worker.signal();
        workers.runUntilIdle(10);
        workers.advance(600);
        assertThat(workers.runOne()).isFalse();
        workers.advance(600);
        assertThat(clock.nanoTime()).isEqualTo(1_000);
        assertThat(workers.runOne()).isTrue();
        assertThat(runs).containsExactly("a", "a");
    }

    @Test
    void runsAPendingStepBeforeAWorkerStops() {
        Worker worker = workers.start("a", () -> step("a", 10));
        worker.signal();
        worker.stop();
        workers.advance(100);
        assertThat(workers.runOne()).isFalse();
        assertThat(runs).containsExactly("a");
    }

    @Test
    void saysWhoIsBusyForNothing() {
        List<Worker> self = new ArrayList<>();
        self.add(workers.start("spinner", () -> {
            self.getFirst().signal();
            return Long.MAX_VALUE;
        }));
        self.getFirst().signal();
        assertThatThrownBy(() -> workers.runUntilIdle(100)).hasMessageContaining("spinner");
    }

    private long step(String name, long delayNanos) {
        runs.add(name);
        return delayNanos;
    }
}
