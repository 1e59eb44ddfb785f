package io.walrus.benchmarks.server;

/// What the connections ask for, over and over.
public enum LoadOperation {
    /// Append an entry.
    PUT,
    /// Take the next entry that nobody was handed yet.
    GET,
    /// Read an entry by its offset.
    FETCH
}
