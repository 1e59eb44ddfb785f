package io.walrus.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ComparingCommandTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void whatHangsIsGivenUpAndInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);

        assertThatThrownBy(() -> ComparingCommand.within(Duration.ofMillis(50), "the start", () -> {
                    try {
                        never.await();
                    } catch (InterruptedException _) {
                        interrupted.countDown();
                    }
                    return true;
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the start");
        assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void whatEndsInTimeSaysWhatItFound() throws Exception {
        assertThat(ComparingCommand.within(LONG, "a number", () -> 3)).isEqualTo(3);
        assertThatThrownBy(() -> ComparingCommand.within(LONG, "a number", () -> {
                    throw new IOException("no number");
                }))
                .hasMessageContaining("no number");
    }
}
