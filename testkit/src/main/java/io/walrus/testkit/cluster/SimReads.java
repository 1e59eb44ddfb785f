package io.walrus.testkit.cluster;

import io.walrus.node.port.BackgroundReads;
import io.walrus.storage.engine.ReadBuffer;
import java.nio.ByteBuffer;

/// The reads of one process from its disk, each of which takes its time.
final class SimReads implements BackgroundReads {
    private static final long READ_US = 20_000;
    private static final byte OVERWRITTEN = 0x5A;

    private final ClusterWorld world;
    private final SimNode.Life life;

    SimReads(ClusterWorld world, SimNode.Life life) {
        this.world = world;
        this.life = life;
    }

    @Override
    public void submit(Runnable task) {
        Timeline timeline = world.timeline();
        world.observer().readsDisk(life.nodeId());
        timeline.after(timeline.delayNs(READ_US), () -> life.onDisk(() -> life.run(task)));
    }

    /// Whoever kept a view of what was read gets nothing that could be taken for it.
    @Override
    public void givenBack(ReadBuffer read) {
        ByteBuffer bytes = read.payloads();
        while (bytes.hasRemaining()) {
            bytes.put(OVERWRITTEN);
        }
    }
}
