package io.walrus.node.topic;

/// Is told what may change, or end, what this node does as the leader of a topic. With the node's lock held.
public interface LeadObserver {
    /// For a node that leads nothing.
    LeadObserver NONE = new LeadObserver() {};

    /// Somebody seals the topic's open segment, here or at a follower: it can't be led any more.
    default void fenced(ServedTopic topic) {}

    /// Entries were appended to the topic's open segment, which this node leads.
    default void appended(ServedTopic topic) {}

    /// Requests may have come back undone from the node that led the topic before, and wait here again.
    default void cameBack(ServedTopic topic) {}
}
