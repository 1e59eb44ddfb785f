package io.walrus.node.port;

/// Connections whose replies wait for a commit.
public interface Waiters {
    /// Other nodes have stored more, so that replies may be known: each connection is to look at its own. Called with
    /// the node's lock held; must not block.
    void committed();
}
