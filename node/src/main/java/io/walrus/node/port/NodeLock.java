package io.walrus.node.port;

import java.util.function.Supplier;

/// The one lock that guards all of a node's state. It is the log's append lock, so that requests are parsed, checked
/// and appended in one step; nothing is waited for while it is held.
public interface NodeLock {
    /// Takes the lock.
    void enter();

    /// Finishes what the hold has begun (cursor records, the commit of what was appended) and lets go.
    void exit();

    /// Runs something with the lock held.
    default void run(Runnable what) {
        enter();
        try {
            what.run();
        } finally {
            exit();
        }
    }

    /// Finds something out with the lock held.
    default <T> T call(Supplier<T> what) {
        enter();
        try {
            return what.get();
        } finally {
            exit();
        }
    }
}
