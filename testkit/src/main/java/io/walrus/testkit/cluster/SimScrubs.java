package io.walrus.testkit.cluster;

import io.walrus.node.port.ScrubMemory;
import io.walrus.node.port.ScrubPlace;
import org.jspecify.annotations.Nullable;

/// How far the scrub of a disk is.
final class SimScrubs implements ScrubMemory {
    private @Nullable ScrubPlace place;

    @Override
    public @Nullable ScrubPlace last() {
        return place;
    }

    @Override
    public void note(ScrubPlace noted) {
        place = noted;
    }

    /// The disk is another one.
    void forget() {
        place = null;
    }
}
