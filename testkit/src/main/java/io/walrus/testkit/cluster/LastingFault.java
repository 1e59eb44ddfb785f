package io.walrus.testkit.cluster;

import io.walrus.metadata.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What goes wrong with one node, and is not mended before all others have shown that they serve without it.
final class LastingFault {
    /// The stall timeout, and what a failover takes.
    private static final long SERVED_WITHIN_NS = ClusterSetup.STALL_NS + 7_000 * ClusterSetup.MS;
    private static final long PROBE_NS = 500 * ClusterSetup.MS;
    private static final int PAYLOAD_BYTES = 10;

    private final ClusterWorld world;
    private final Timeline timeline;
    private final SimNode stricken;

    LastingFault(ClusterWorld world) {
        this.world = world;
        this.timeline = world.timeline();
        this.stricken = timeline.chance(60) ? leader(world.anyTopic()) : world.anyNode();
    }

    /// Whether any one node may fail: all are there and wanted, and all that is stored is on enough of them. Of two
    /// copies one may be on a node that speaks and does not hear, which nobody can tell from one that is slow.
    static boolean isBearable(ClusterWorld world) {
        return world.setup().survivesALossAtAnyTime()
                && world.nodes().stream()
                        .allMatch(node -> world.metadata().decided().status(node.id()) == NodeStatus.ACTIVE)
                && world.copies().surviveALoss();
    }

    /// Begins, lasts until each other node has taken an entry for each topic, and is mended.
    void outlast() {
        String what = begin();
        timeline.note(what + " for good");
        List<Probe> probes = new ArrayList<>();
        for (SimNode node : world.nodes()) {
            if (node != stricken) {
                world.setup().topics().forEach(topic -> probes.add(new Probe(node, topic)));
            }
        }
        probes.forEach(Probe::send);
        boolean areServed =
                timeline.runUntil(() -> probes.stream().allMatch(Probe::isServed), timeline.nowNs() + SERVED_WITHIN_NS);
        if (!areServed) {
            Probe probe =
                    probes.stream().filter(each -> !each.isServed()).findFirst().orElseThrow();
            throw new ClusterFailure(
                    BrokenPromise.NOT_SERVED_WITHOUT_ONE,
                    "%d ms after %s, node %d has taken no entry for %s, of which node %d leads the segment"
                            .formatted(
                                    SERVED_WITHIN_NS / ClusterSetup.MS,
                                    what,
                                    probe.node.id(),
                                    probe.topic,
                                    leader(probe.topic).id()));
        }
        mend();
        probes.forEach(Probe::end);
    }

    private SimNode leader(String topic) {
        long leader = Objects.requireNonNull(world.metadata().decided().topic(topic))
                .open()
                .leader();
        return world.nodes().get((int) leader - 1);
    }

    private String begin() {
        if (timeline.chance(50)) {
            stricken.hangDisk();
            return "the disk of node " + stricken.id() + " hung";
        }
        boolean isDeaf = timeline.chance(70);
        boolean isMute = !isDeaf || timeline.chance(70);
        for (SimNode node : world.nodes()) {
            if (isDeaf) {
                world.network().cut(node.id(), stricken.id());
            }
            if (isMute) {
                world.network().cut(stricken.id(), node.id());
            }
        }
        return "node " + stricken.id() + " became" + (isDeaf ? " deaf" : "") + (isMute ? " mute" : "");
    }

    private void mend() {
        timeline.note("node " + stricken.id() + " is mended");
        stricken.thawDisk();
        world.network().healAll();
    }

    /// Entries of one topic, sent to one node until it takes one.
    private final class Probe {
        private final SimNode node;
        private final String topic;
        private final List<SimConnection> connections = new ArrayList<>();
        private final List<SimRequest> puts = new ArrayList<>();

        Probe(SimNode node, String topic) {
            this.node = node;
            this.topic = topic;
        }

        boolean isServed() {
            return puts.stream().anyMatch(put -> put.outcome == SimRequest.Outcome.OK);
        }

        void send() {
            SimNode.@Nullable Life life = node.life();
            if (isServed() || life == null) {
                return;
            }
            SimConnection connection = new SimConnection(world.nextConnection(), world, life);
            SimRequest put = SimRequest.put(topic, world.nextRequest(), PAYLOAD_BYTES);
            connections.add(connection);
            puts.add(put);
            world.history().sent(put);
            connection.send(put);
            timeline.after(PROBE_NS, this::send);
        }

        void end() {
            connections.forEach(SimConnection::lost);
        }
    }
}
