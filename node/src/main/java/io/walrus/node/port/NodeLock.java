package io.walrus.node.port;

/// The one lock that guards all of a node's state. It is the log's append lock, so that requests are parsed, checked
/// and appended in one step; nothing is waited for while it is held.
public interface NodeLock {
    /// Takes the lock.
    void enter();

    /// Finishes what the hold has begun (cursor records, the commit of what was appended) and lets go.
    void exit();
}
