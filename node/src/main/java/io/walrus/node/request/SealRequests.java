package io.walrus.node.request;

import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;

/// Carries out SEAL. Guarded by the node's lock.
public interface SealRequests {
    /// Seals the topic's open segment with what is left of its copies.
    ///
    /// @param isForced whether nodes count as lost that have been silent only for a short while
    /// @param isDryRun whether it is only told what that would leave
    void seal(ServedTopic topic, boolean isForced, boolean isDryRun, Slot slot);
}
