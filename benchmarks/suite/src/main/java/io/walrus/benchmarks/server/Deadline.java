package io.walrus.benchmarks.server;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Gives up what takes too long: a client may wait for a server that hangs for as long as it likes, in calls that can't
/// all be given a timeout.
final class Deadline {
    private Deadline() {}

    /// Does something on a thread of its own, which is interrupted and left alone once the time is over. It ends at the
    /// latest when the servers it talks to are killed.
    ///
    /// @throws IOException also if the time is over
    static <T> T within(Duration limit, String what, Callable<T> task) throws IOException, InterruptedException {
        FutureTask<T> running = new FutureTask<>(task);
        Thread.ofPlatform().daemon().name(what).start(running);
        try {
            return running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            throw new IOException(what + " was not done in " + limit.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case null -> throw new IOException(what + ": " + e, e);
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Throwable failure -> throw new IOException(what + ": " + failure, failure);
            }
        }
    }
}
