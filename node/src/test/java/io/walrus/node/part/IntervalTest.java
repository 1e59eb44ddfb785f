package io.walrus.node.part;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IntervalTest {
    private final Now now = new Now();
    private final Interval interval = new Interval(now, 100);

    /// The clock may have any origin, and be below zero.
    @Test
    void isDueAtOnceWhateverTheClockSays() {
        assertThat(isDueAt(Long.MIN_VALUE + 5)).isTrue();
        assertThat(isDueAt(Long.MIN_VALUE + 104)).isFalse();
        assertThat(isDueAt(Long.MIN_VALUE + 105)).isTrue();
    }

    @Test
    void countsFromWhenItWasLastTaken() {
        assertThat(isDueAt(0)).isTrue();
        assertThat(isDueAt(150)).isTrue();
        assertThat(isDueAt(200)).isFalse();
        assertThat(isDueAt(250)).isTrue();
    }

    private boolean isDueAt(long timeNs) {
        now.set(0, timeNs);
        return interval.takeDue();
    }
}
