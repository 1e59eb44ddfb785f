package io.walrus.node.part;

/// A part of a node that is told of the node's events, each in the order of the list in `Node`. With the node's lock
/// held, but for [#isWaiting].
public interface Part {
    /// Time has passed, or the log has room again: takes up what was waiting, gives up on what waits too long.
    default void tick() {}

    /// The log has committed more, or other nodes have, or this node is known to lead what it leads.
    default void committed() {}

    /// The node's topics are served by the metadata that was applied last.
    default void followed() {}

    /// Whether [#committed] has something to do. From any thread.
    default boolean isWaiting() {
        return false;
    }
}
