package io.walrus.testkit.cluster;

import org.jspecify.annotations.Nullable;

/// A client that sends bursts of requests over one connection after the other, to whichever node.
final class SimClient {
    private static final int STAYS_PERCENT = 97;

    private final ClusterWorld world;
    private final Timeline timeline;
    private @Nullable SimConnection connection;
    private boolean stopped;

    SimClient(ClusterWorld world) {
        this.world = world;
        this.timeline = world.timeline();
    }

    void begin() {
        timeline.after(timeline.delayNs(200_000), () -> {
            if (!stopped) {
                act();
                begin();
            }
        });
    }

    void stop() {
        stopped = true;
    }

    boolean isWaiting() {
        SimConnection open = connection;
        return open != null && open.isOpen() && open.unanswered() > 0;
    }

    private void act() {
        SimConnection open = connection;
        if (open != null && open.isOpen() && !timeline.chance(STAYS_PERCENT)) {
            if (world.options().has(ClusterFault.CLIENTS_LEAVE)) {
                open.lost();
            } else if (open.unanswered() == 0) {
                open.lost();
            }
        }
        if (open == null || !open.isOpen()) {
            SimNode.Life life = world.anyNode().life();
            if (life == null) {
                return;
            }
            open = new SimConnection(world.nextConnection(), world, life);
            connection = open;
        }
        int burst = 1 + timeline.random().nextInt(world.setup().pipelined());
        for (int i = 0; i < burst && open.unanswered() < world.setup().pipelined(); i++) {
            SimRequest request = next();
            world.history().sent(request);
            open.send(request);
        }
    }

    private SimRequest next() {
        String topic = world.anyTopic();
        long number = world.nextRequest();
        int dice = timeline.random().nextInt(100);
        if (dice < 50) {
            int bytes = timeline.random().nextInt(world.setup().maxPayloadBytes());
            return SimRequest.put(topic, number, bytes);
        }
        if (dice < 80) {
            return SimRequest.of(SimRequest.Kind.GET, topic, number);
        }
        if (dice < 94) {
            return SimRequest.fetch(
                    topic,
                    number,
                    1 + timeline.random().nextInt(60),
                    timeline.random().nextInt(10));
        }
        return SimRequest.of(dice < 97 ? SimRequest.Kind.STATE : SimRequest.Kind.REGISTER, topic, number);
    }
}
