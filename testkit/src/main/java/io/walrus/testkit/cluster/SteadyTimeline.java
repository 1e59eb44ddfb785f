package io.walrus.testkit.cluster;

import java.util.SplittableRandom;

/// A timeline without chance: everything takes as long as it takes each time, and nothing goes wrong by itself.
final class SteadyTimeline extends Timeline {
    private static final long PART_OF_MAX = 4;

    SteadyTimeline() {
        super(new SplittableRandom(1));
    }

    @Override
    boolean chance(int percent) {
        return false;
    }

    @Override
    int pick(int bound) {
        return 0;
    }

    @Override
    long delayNs(long maxUs) {
        return maxUs * 1_000 / PART_OF_MAX;
    }
}
