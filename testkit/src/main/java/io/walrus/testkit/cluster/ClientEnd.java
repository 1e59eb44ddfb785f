package io.walrus.testkit.cluster;

/// A client's connection to one process.
interface ClientEnd {
    /// Hands out replies and takes up requests. In the process only.
    void process();

    /// The process has died, or the client leaves.
    void lost();

    /// Time did not pass for the process until now.
    void pausedUntilNow();
}
