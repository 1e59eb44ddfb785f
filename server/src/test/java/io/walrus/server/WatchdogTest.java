package io.walrus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchdogTest {
    private static final long PATIENCE_MS = 300;

    private final AtomicLong ticks = new AtomicLong();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Test
    void endsTheProcessWhenTicksStop() throws InterruptedException {
        ticks.set(7);
        try (Watchdog _ = Watchdog.start(ticks::get, ended::countDown, PATIENCE_MS)) {
            ended.await();
        }
    }

    @Test
    void letsAProcessBeThatTicks() throws InterruptedException {
        CountDownLatch looks = new CountDownLatch(100);
        Watchdog watchdog = Watchdog.start(
                () -> {
                    looks.countDown();
                    return ticks.incrementAndGet();
                },
                ended::countDown,
                PATIENCE_MS);
        try (watchdog) {
            looks.await();
        }
        assertThat(ended.await(0, TimeUnit.MILLISECONDS)).isFalse();
    }
}
