package io.walrus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FatalFaultsTest {
    @Test
    void aFaultNobodyExpectedEndsTheProcess() throws InterruptedException {
        AtomicInteger ends = new AtomicInteger();
        Thread thread = Thread.ofVirtual().unstarted(() -> {
            throw new IllegalStateException("a fault, on purpose");
        });
        thread.setUncaughtExceptionHandler(new FatalFaults(ends::incrementAndGet));
        thread.start();
        thread.join();
        assertThat(ends).hasValue(1);
    }
}
