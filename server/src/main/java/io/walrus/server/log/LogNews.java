package io.walrus.server.log;

import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.error.StorageException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The news of the log engine, which begin before there is a node to hear them. Called on the engine's threads.
///
/// A failure of the log is final: the process ends, but only after a while in which the node's topics get other
/// leaders, METRICS says what happened, and entries can be read.
final class LogNews implements EngineListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogNews.class);
    private static final Duration STAYS = Duration.ofSeconds(5);

    private final Runnable onFailure;
    private volatile EngineListener listener = EngineListener.NONE;
    private volatile @Nullable StorageException failure;

    LogNews(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    void tell(EngineListener hears) {
        // Set before the look: a failure in between is told twice, which does no harm, rather than not at all.
        listener = hears;
        StorageException earlier = failure;
        if (earlier != null) {
            hears.failed(earlier);
        }
    }

    @Override
    public void groupDurable(long group) {
        listener.groupDurable(group);
    }

    @Override
    public void roomAvailable() {
        listener.roomAvailable();
    }

    @Override
    public void failed(StorageException cause) {
        failure = cause;
        LOG.error(
                "the log failed, so this node leads nothing more and ends in {} s: {}",
                STAYS.toSeconds(),
                cause.getMessage());
        listener.failed(cause);
        CompletableFuture.delayedExecutor(STAYS.toMillis(), TimeUnit.MILLISECONDS)
                .execute(onFailure);
    }
}
