package io.walrus.metadata;

import java.util.List;
import java.util.Objects;

/// The outcome of applying a command. Without changes, `state` is the very object the command was applied to.
public record Applied(ClusterState state, Result result, List<Change> changes) {
    public Applied {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(result, "result");
        changes = List.copyOf(changes);
    }
}
