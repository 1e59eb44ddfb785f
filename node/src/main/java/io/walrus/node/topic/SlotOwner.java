package io.walrus.node.topic;

/// Whom a request came from, and who wants to know what becomes of it.
public interface SlotOwner {
    /// Counts payload bytes that the owner's slots hold on to; negative when they let go. From any thread.
    void hold(int bytes);

    /// The slot has its reply as soon as a record of the log is committed. With the node's lock held.
    void logged(Slot slot);

    /// A slot that had to wait was given its reply or was logged. With the node's lock held; must not block.
    void wake(Slot slot);
}
