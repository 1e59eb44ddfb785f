package io.walrus.testkit.crash;

import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.testkit.disk.Lie;
import java.util.List;
import java.util.Set;

/// What to explore.
///
/// @param seed of the first run; each run takes the next one
/// @param points crash points to check before stopping, 1 or more
/// @param samplePercent how many of the boundaries of a run are checked, 1 to 100
/// @param policies taken in turn
/// @param lies promises the simulated disk breaks, to see that the explorer notices
public record ExplorerOptions(long seed, int points, int samplePercent, List<FsyncPolicy> policies, Set<Lie> lies) {
    public ExplorerOptions {
        if (points < 1 || samplePercent < 1 || samplePercent > 100 || policies.isEmpty()) {
            throw new IllegalArgumentException("bad explorer options");
        }
        policies = List.copyOf(policies);
        lies = Set.copyOf(lies);
    }

    /// All three policies on an honest disk.
    public static ExplorerOptions of(long seed, int points) {
        return new ExplorerOptions(
                seed, points, 10, List.of(FsyncPolicy.group(), FsyncPolicy.interval(10), FsyncPolicy.os()), Set.of());
    }
}
