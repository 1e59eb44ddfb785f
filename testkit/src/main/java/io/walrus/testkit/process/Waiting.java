package io.walrus.testkit.process;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Waits for conditions, by asking for them every 20 ms.
public final class Waiting {
    /// The limit for a condition that a healthy cluster meets within seconds.
    public static final Duration SOON = Duration.ofSeconds(60);

    private static final long AGAIN_AFTER_MS = 20;

    /// What is waited for. An [IOException] means: not yet.
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws IOException;
    }

    private Waiting() {}

    /// Returns once the condition holds.
    ///
    /// @param what completes "waited in vain until …"
    /// @throws IllegalStateException if it does not hold in time, or the thread is interrupted
    public static void until(String what, Duration limit, Condition condition) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        @Nullable IOException last = null;
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
                last = null;
            } catch (IOException e) {
                last = e;
            }
            if (System.nanoTime() > deadlineNs) {
                String reason = last == null ? "" : ": " + last.getMessage();
                throw new IllegalStateException(
                        "waited " + limit.toSeconds() + " s in vain until " + what + reason, last);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(AGAIN_AFTER_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}
