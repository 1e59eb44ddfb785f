package io.walrus.server;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has been opened so far, each part on top of those before it: closed from the top, each of them once. What one
/// throws keeps none of the others from being closed. Thread-safe: a stop may come in the middle of a start.
final class OpenParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenParts.class);

    private final List<AutoCloseable> parts = new ArrayList<>();

    /// Adds a part that is to be closed before all others.
    synchronized <T extends AutoCloseable> T add(T part) {
        parts.add(part);
        return part;
    }

    /// Adds a part that was opened last, but is to be closed after another one, which may have been closed meanwhile.
    synchronized <T extends AutoCloseable> T addUnder(AutoCloseable other, T part) {
        parts.add(Math.max(0, parts.indexOf(other)), part);
        return part;
    }

    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            AutoCloseable last = parts.removeLast();
            try {
                last.close();
            } catch (Exception e) {
                LOG.error("{} could not be closed", last.getClass().getSimpleName(), e);
            }
        }
    }
}
