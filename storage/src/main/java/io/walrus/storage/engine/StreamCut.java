package io.walrus.storage.engine;

import io.walrus.storage.stream.Counts;

/// Where a stream is to be cut: found by [LogEngine#cutAt], which may have to read a file for it, and carried out by
/// [LogEngine#truncate], which does not.
public final class StreamCut {
    private final LogStream stream;
    private final Counts kept;
    private final int truncations;

    /// @param kept what lies before the cut
    /// @param truncations how often the stream had been truncated when that was found: later ones make it worthless
    StreamCut(LogStream stream, Counts kept, int truncations) {
        this.stream = stream;
        this.kept = kept;
        this.truncations = truncations;
    }

    LogStream stream() {
        return stream;
    }

    Counts kept() {
        return kept;
    }

    boolean isOutdated() {
        return stream.truncations() != truncations;
    }
}
