package io.walrus.server.cluster;

import io.walrus.server.config.StartupException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Ends the waits of a start, which may be for other nodes and last for ever, when the process is told to stop.
/// Nothing is interrupted: that would close files under the threads that read and write them. Thread-safe.
public final class StopSignal {
    private final CompletableFuture<Boolean> stopped = new CompletableFuture<>();

    /// Whoever waits is told to give up, now or later.
    public void stop() {
        stopped.complete(true);
    }

    boolean isStopped() {
        return stopped.isDone();
    }

    /// Goes on only if the process is to.
    ///
    /// @throws StartupException if the process is to stop
    void check() throws StartupException {
        if (isStopped()) {
            throw new StartupException("stopped before it was in the cluster");
        }
    }

    /// Waits for an answer.
    ///
    /// @throws ExecutionException if there is none, and why
    /// @throws StartupException if the process is to stop
    <T> T await(CompletableFuture<T> answer, long timeoutMs)
            throws StartupException, ExecutionException, TimeoutException {
        try {
            CompletableFuture.anyOf(answer, stopped).get(timeoutMs, TimeUnit.MILLISECONDS);
            check();
            return answer.get();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Lets time pass.
    ///
    /// @throws StartupException if the process is to stop
    void pause(long ms) throws StartupException {
        try {
            stopped.get(ms, TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        check();
    }

    private static StartupException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StartupException("interrupted", e);
    }
}
