package io.walrus.server.log;

import io.walrus.node.Node;
import io.walrus.protocol.ErrorTexts;
import io.walrus.server.listener.ClientListener;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.error.StorageException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries the storage engine's news to the node and its clients. Until [#connect] there is nobody to tell.
///
/// A failure of the log is final: the node ends, but only after a while in which its topics get other leaders, METRICS
/// says what happened, and entries can be read.
public final class LogEvents implements EngineListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogEvents.class);
    private static final Duration STAYS = Duration.ofSeconds(5);

    private record Audience(Node node, ClientListener clients) {}

    private final Runnable onFailure;
    private volatile @Nullable Audience audience;
    private volatile @Nullable StorageException failure;

    /// Makes it.
    ///
    /// @param onFailure run a while after the log failed, when the node is to be closed; must not block
    public LogEvents(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    public void connect(Node node, ClientListener clients) {
        audience = new Audience(node, clients);
        StorageException earlier = failure;
        if (earlier != null) {
            tell(earlier);
        }
    }

    @Override
    public void groupDurable(long group) {
        Audience told = audience;
        if (told != null) {
            told.clients.committed();
        }
    }

    @Override
    public void roomAvailable() {
        Audience told = audience;
        if (told != null) {
            told.clients.resume();
        }
    }

    @Override
    public void failed(StorageException cause) {
        failure = cause;
        LOG.error(
                "the log failed, so this node leads nothing more and ends in {} s: {}",
                STAYS.toSeconds(),
                cause.getMessage());
        tell(cause);
        CompletableFuture.delayedExecutor(STAYS.toMillis(), TimeUnit.MILLISECONDS)
                .execute(onFailure);
    }

    private void tell(StorageException cause) {
        Audience told = audience;
        if (told != null) {
            told.node.logFailed(ErrorTexts.outcomeUnknown("the log failed: " + cause.getMessage()));
            told.clients.resume();
        }
    }
}
