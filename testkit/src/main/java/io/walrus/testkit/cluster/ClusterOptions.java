package io.walrus.testkit.cluster;

import java.util.EnumSet;
import java.util.Set;

/// What to simulate.
///
/// @param faults what may go wrong
/// @param sabotage what is broken on purpose
public record ClusterOptions(Set<ClusterFault> faults, Sabotage sabotage) {
    public ClusterOptions {
        faults = Set.copyOf(faults);
    }

    /// All that may go wrong.
    public static ClusterOptions allFaults() {
        return new ClusterOptions(EnumSet.allOf(ClusterFault.class), Sabotage.NONE);
    }

    /// Only this may go wrong; nothing at all if none is named.
    public static ClusterOptions only(ClusterFault... faults) {
        return new ClusterOptions(Set.of(faults), Sabotage.NONE);
    }

    ClusterOptions with(Sabotage broken) {
        return new ClusterOptions(faults, broken);
    }

    boolean has(ClusterFault fault) {
        return faults.contains(fault);
    }
}
