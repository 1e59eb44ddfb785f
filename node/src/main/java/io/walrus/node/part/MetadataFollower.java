package io.walrus.node.part;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Topic;

/// A part that has to react to changes of the metadata. All of it is called with the node's lock held, once the
/// [MetadataView] shows the new state.
public interface MetadataFollower {
    /// Another state was applied. Topics are not served by it yet.
    ///
    /// @param before the state that the view showed until now
    default void follow(ClusterState before) {}

    /// Segments of a topic were sealed or opened: this one, and those behind it.
    default void extended(Topic topic, long fromSegment) {}

    /// The replicas of a sealed segment are others than before.
    default void replicasChanged(Topic topic, long segment) {}

    /// The state came as a whole, without the changes that led to it.
    default void restored() {}
}
