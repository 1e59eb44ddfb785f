package io.walrus.node.store;

/// How a read ended.
public sealed interface ReadOutcome {
    /// The entries were read: look again.
    record Found() implements ReadOutcome {}

    /// There is no entry at that place, not yet at least.
    record Nothing() implements ReadOutcome {}

    /// It could not be read.
    ///
    /// @param error the text for the client
    record Failed(String error) implements ReadOutcome {}
}
