package io.walrus.testkit.cluster;

import io.walrus.metadata.NodeStatus;
import io.walrus.testkit.disk.Operation;
import java.util.ArrayList;
import java.util.List;

/// Makes go wrong what may go wrong, each for a while.
final class Chaos {
    private static final List<Operation> FAILING =
            List.of(Operation.WRITE, Operation.WRITE, Operation.FORCE, Operation.CREATE, Operation.RENAME);

    private final ClusterWorld world;
    private final Timeline timeline;
    private final int restMs;
    /// Whether disks are lost one after the other, each as soon as that may be.
    private final boolean losesAllInTurn;
    /// Whether what a node stores is damaged, and no disk is lost then, and no node emptied.
    private final boolean damages;
    private final List<Runnable> tricks = new ArrayList<>();

    Chaos(ClusterWorld world) {
        this.world = world;
        this.timeline = world.timeline();
        this.restMs = 700 << timeline.random().nextInt(4);
        this.losesAllInTurn = timeline.chance(40);
        boolean mayLoseCopies =
                world.options().has(ClusterFault.LOSSES) || world.options().has(ClusterFault.DRAINS);
        this.damages = world.options().has(ClusterFault.DAMAGE) && (!mayLoseCopies || timeline.chance(35));
        offer(ClusterFault.CRASHES, this::crash);
        offer(ClusterFault.STOPS, this::stop);
        offer(ClusterFault.PARTITIONS, this::cutOne);
        offer(ClusterFault.PARTITIONS, this::isolate);
        offer(ClusterFault.BROKEN_CHANNELS, world.network()::breakOne);
        offer(ClusterFault.BROKEN_CHANNELS, this::refuse);
        offer(ClusterFault.PAUSES, this::pause);
        offer(ClusterFault.LOSSES, this::lose);
        offer(ClusterFault.DRAINS, this::drain);
        offer(ClusterFault.FALSE_DEATHS, this::loseSight);
        offer(ClusterFault.FAILING_DISKS, this::failDisk);
        offer(ClusterFault.HUNG_DISKS, this::hang);
        offer(ClusterFault.FULL_DISKS, this::fill);
        offer(ClusterFault.DAMAGE, this::damage);
        offer(ClusterFault.FORGETFUL_DISK, this::forget);
        offer(ClusterFault.METADATA, world.metadata()::depose);
    }

    private void offer(ClusterFault fault, Runnable trick) {
        if (isOffered(fault)) {
            tricks.add(trick);
        }
    }

    private boolean isOffered(ClusterFault fault) {
        return switch (fault) {
            case LOSSES, DRAINS ->
                !damages && world.forgetful() == 0 && world.options().has(fault);
            case DAMAGE -> damages && world.forgetful() == 0;
            case FORGETFUL_DISK -> world.forgetful() != 0;
            default -> world.options().has(fault);
        };
    }

    void begin() {
        if (losesAllInTurn && isOffered(ClusterFault.LOSSES)) {
            loseInTurn(0);
        }
        goOn();
    }

    private void goOn() {
        if (!tricks.isEmpty()) {
            timeline.after(pauseNs(restMs), () -> {
                if (!world.isCalm()) {
                    tricks.get(timeline.random().nextInt(tricks.size())).run();
                    goOn();
                }
            });
        }
    }

    /// Nothing goes wrong any more, and what did is mended.
    void end() {
        world.calmDown();
        timeline.note("all is well from here on");
        world.network().healAll();
        world.nodes().forEach(SimNode::keepGoing);
        world.nodes().forEach(SimNode::resume);
        // What it has in memory is read no more.
        world.nodes().stream().filter(world::isDamaged).forEach(SimNode::crash);
        world.nodes().forEach(SimNode::start);
        if (timeline.chance(50)) {
            world.nodes().stream().filter(SimNode::isGone).forEach(node -> world.order(node, NodeStatus.LEAVING));
        }
    }

    private long pauseNs(int maxMs) {
        return (20L + timeline.random().nextInt(maxMs)) * ClusterSetup.MS;
    }

    private void whileLasts(int maxMs, Runnable mend) {
        timeline.after(pauseNs(maxMs >> timeline.random().nextInt(4)), () -> {
            if (!world.isCalm()) {
                mend.run();
            }
        });
    }

    private void crash() {
        SimNode node = world.anyNode();
        if (timeline.chance(50)) {
            node.crashAtWork();
        } else {
            node.crash();
        }
        whileLasts(6_000, () -> {
            node.crash();
            node.start();
        });
    }

    private void forget() {
        SimNode node = world.nodes().get((int) world.forgetful() - 1);
        node.crash();
        whileLasts(6_000, node::start);
    }

    private void loseSight() {
        long watching = world.metadata().leader();
        SimNode lost = world.anyNode();
        SimNode witness = world.anyNode();
        if (watching == 0 || lost.id() == watching || witness.id() == watching || witness == lost) {
            return;
        }
        timeline.note("cut " + lost.id() + " <-> " + watching + ", and " + witness.id() + " will restart");
        world.network().cut(lost.id(), watching);
        world.network().cut(watching, lost.id());
        timeline.after((900L + timeline.random().nextInt(700)) * ClusterSetup.MS, () -> {
            if (!world.isCalm()) {
                witness.crash();
                witness.start();
            }
        });
        whileLasts(8_000, () -> {
            world.network().heal(lost.id(), watching);
            world.network().heal(watching, lost.id());
        });
    }

    private void lose() {
        if (!world.mayLoseOne()) {
            return;
        }
        SimNode node = world.anyNode();
        node.loseDisk();
        if (!losesAllInTurn && timeline.chance(50)) {
            node.leaveForGood();
        }
        whileLasts(6_000, node::start);
    }

    private void loseInTurn(int next) {
        timeline.after(pauseNs(400), () -> {
            boolean loses = !world.isCalm() && world.mayLoseOne();
            if (loses) {
                SimNode node = world.nodes().get(next);
                node.loseDisk();
                whileLasts(1_000, node::start);
            }
            if (!world.isCalm()) {
                loseInTurn(loses ? (next + 1) % world.nodes().size() : next);
            }
        });
    }

    private void drain() {
        SimNode node = world.anyNode();
        NodeStatus status = timeline.chance(25) ? NodeStatus.GONE : NodeStatus.LEAVING;
        world.order(node, status);
        if (timeline.chance(70)) {
            whileLasts(8_000, () -> world.order(node, NodeStatus.ACTIVE));
        }
    }

    private void stop() {
        SimNode node = world.anyNode();
        node.stop();
        whileLasts(6_000, () -> {
            node.crash();
            node.start();
        });
    }

    private void cutOne() {
        long from = world.anyNode().id();
        long to = world.anyNode().id();
        boolean both = timeline.chance(50);
        timeline.note("cut " + from + (both ? " <-> " : " -> ") + to);
        world.network().cut(from, to);
        if (both) {
            world.network().cut(to, from);
        }
        whileLasts(8_000, () -> {
            timeline.note("heal " + from + " <-> " + to);
            world.network().heal(from, to);
            world.network().heal(to, from);
        });
    }

    private void isolate() {
        long alone = world.anyNode().id();
        boolean deaf = timeline.chance(70);
        boolean mute = !deaf || timeline.chance(70);
        timeline.note("isolate " + alone + (deaf ? ", deaf" : "") + (mute ? ", mute" : ""));
        for (SimNode node : world.nodes()) {
            if (deaf) {
                world.network().cut(node.id(), alone);
            }
            if (mute) {
                world.network().cut(alone, node.id());
            }
        }
        whileLasts(8_000, () -> {
            timeline.note("heal " + alone);
            for (SimNode node : world.nodes()) {
                world.network().heal(node.id(), alone);
                world.network().heal(alone, node.id());
            }
        });
    }

    private void refuse() {
        long node = world.anyNode().id();
        world.network().refuse(node, true);
        world.network().breakOne();
        whileLasts(2_000, () -> world.network().refuse(node, false));
    }

    private void failDisk() {
        Operation change = FAILING.get(timeline.random().nextInt(FAILING.size()));
        world.anyNode().failDisk(change, timeline.random().nextInt(6));
    }

    private void fill() {
        SimNode node = world.anyNode();
        node.fillDisk();
        whileLasts(8_000, node::freeDisk);
    }

    private void hang() {
        SimNode node = world.anyNode();
        node.hangDisk();
        whileLasts(12_000, node::thawDisk);
    }

    private void damage() {
        SimNode node = world.anyNode();
        for (int bits = timeline.random().nextInt(1, 6); bits > 0 && world.mayDamage(node); bits--) {
            node.damageDisk();
        }
    }

    private void pause() {
        SimNode node = world.anyNode();
        node.pause();
        whileLasts(6_000, node::resume);
    }
}
