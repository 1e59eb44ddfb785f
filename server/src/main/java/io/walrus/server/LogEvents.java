package io.walrus.server;

import io.walrus.node.Node;
import io.walrus.protocol.ErrorTexts;
import io.walrus.server.client.ClientListener;
import io.walrus.storage.EngineListener;
import io.walrus.storage.StorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries the storage engine's news to the node and its clients. Until [#connect] there is nobody to tell.
final class LogEvents implements EngineListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogEvents.class);

    private record Audience(Node node, ClientListener clients) {}

    private volatile @Nullable Audience audience;
    private volatile @Nullable StorageException failure;

    void connect(Node node, ClientListener clients) {
        audience = new Audience(node, clients);
        StorageException earlier = failure;
        if (earlier != null) {
            failed(earlier);
        }
    }

    @Override
    public void groupCommitted(long group) {
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
        LOG.error("the log failed, nothing more is written until a restart: {}", cause.getMessage());
        Audience told = audience;
        if (told != null) {
            told.node.logFailed(ErrorTexts.outcomeUnknown("the log failed: " + cause.getMessage()));
            told.clients.resume();
        }
    }
}
