package io.walrus.node.port;

/// Connections whose replies wait for a commit.
public interface Waiters {
    /// This node or others have stored more, so that replies may be known: each connection is to look at its own. From
    /// any thread, with or without the node's lock; must not block.
    void committed();
}
