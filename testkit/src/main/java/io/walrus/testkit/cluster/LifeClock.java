package io.walrus.testkit.cluster;

import io.walrus.storage.io.Clock;

/// The clock of one process, which begins anywhere, as `System.nanoTime` does.
final class LifeClock implements Clock {
    private static final int SLOWED = 10;

    private final ClusterWorld world;
    private final long origin;

    LifeClock(ClusterWorld world) {
        this.world = world;
        this.origin = world.timeline().random().nextLong(1_000_000_000_000L);
    }

    @Override
    public long nanoTime() {
        long now = world.timeline().nowNs();
        return origin + (world.options().sabotage() == Sabotage.SLOW_CLOCKS ? now / SLOWED : now);
    }

    @Override
    public long currentTimeMillis() {
        return world.timeline().clock().currentTimeMillis();
    }
}
