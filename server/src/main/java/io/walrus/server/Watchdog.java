package io.walrus.server;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the process when its ticks have stopped, whatever holds them up: a node without ticks looks alive to clients,
/// and serves none.
///
/// It counts its own looks, not time: while the whole process stands still, it does too.
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final int LOOKS = 30;

    private final LongSupplier ticks;
    private final Runnable end;
    private final long lookMs;
    private final Thread thread;

    private Watchdog(LongSupplier ticks, Runnable end, long lookMs) {
        this.ticks = ticks;
        this.end = end;
        this.lookMs = lookMs;
        this.thread = Thread.ofPlatform().name("watchdog").daemon().unstarted(this::watch);
    }

    /// Begins to watch.
    ///
    /// @param ticks how many there were; must not block
    /// @param end ends the process at once; nothing that waits for anything is done any more
    /// @param patienceMs for how long there may be none, 100 or more
    static Watchdog start(LongSupplier ticks, Runnable end, long patienceMs) {
        Watchdog watchdog = new Watchdog(ticks, end, patienceMs / LOOKS);
        watchdog.thread.start();
        return watchdog;
    }

    private void watch() {
        long last = ticks.getAsLong();
        int unchanged = 0;
        while (pause()) {
            long now = ticks.getAsLong();
            unchanged = now == last ? unchanged + 1 : 0;
            last = now;
            if (unchanged == LOOKS) {
                tell();
                end.run();
                return;
            }
        }
    }

    /// On a thread of its own: what holds the ticks up may be a log that nobody reads.
    private void tell() {
        Thread telling = Thread.ofPlatform()
                .daemon()
                .start(() -> LOG.error(
                        "nothing has happened in this node for {} ms, so it ends: something holds its lock",
                        LOOKS * lookMs));
        try {
            telling.join(lookMs);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(lookMs);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
