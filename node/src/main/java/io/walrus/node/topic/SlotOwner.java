package io.walrus.node.topic;

/// Whom a request came from, and who wants to know what becomes of it.
public interface SlotOwner {
    /// Counts payload bytes that the owner's slots hold on to; negative when they let go. From any thread.
    void hold(int bytes);

    /// Counts entries that are yet to be read, as [#hold] does those that are there.
    void expect(int bytes);

    /// Whether a slot may hold on to so many bytes more. With the node's lock held.
    boolean mayHold(Slot slot, int bytes);

    /// Has a request begin anew, which has done nothing so far, once its slot may hold so many bytes. With the node's
    /// lock held.
    void park(Slot slot, int bytes, Runnable again);

    /// The slot has its reply as soon as a record of the log is committed. With the node's lock held.
    void logged(Slot slot);

    /// A slot that had to wait was given its reply or was logged. With the node's lock held; must not block.
    void wake(Slot slot);
}
