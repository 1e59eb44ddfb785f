package io.walrus.testkit.cluster;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.SegmentKey;
import io.walrus.testkit.cluster.ClusterObserver.CopyPlace;
import io.walrus.testkit.cluster.ClusterObserver.CopyState;
import io.walrus.testkit.disk.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// A simulated cluster in which nothing happens by chance: what goes wrong, and when, is what a script says. Real nodes
/// and engines, on simulated disks, clocks, network and metadata.
public final class ScriptedCluster {
    private static final long ELECTIONS_NS = 50 * ClusterSetup.MS;

    private final ClusterWorld world;
    private final Timeline timeline = new SteadyTimeline();
    private final CopyWatch copies;
    private final Map<Long, ScriptedConnection> connections = new HashMap<>();
    private boolean hasElections = true;

    /// A cluster whose nodes are yet to be started.
    public ScriptedCluster(ScriptedOptions options, ClusterObserver observer) {
        copies = new CopyWatch(observer);
        world = new ClusterWorld(
                ClusterSetup.scripted(options),
                timeline,
                ClusterOptions.only(ClusterFault.FAILING_DISKS, ClusterFault.FULL_DISKS),
                observer);
        timeline.afterEach(this::look);
        electionsGoOn();
    }

    private void look() {
        world.contactChanged();
        for (SimNode node : world.nodes()) {
            SimNode.Life life = node.life();
            if (life != null) {
                copies.look(node.id(), life.engine().streams());
            }
        }
    }

    private void electionsGoOn() {
        timeline.after(ELECTIONS_NS, () -> {
            if (hasElections) {
                world.metadata().tick();
            }
            electionsGoOn();
        });
    }

    private SimNode node(long nodeId) {
        if (nodeId < 1 || nodeId > world.nodes().size()) {
            throw new IllegalArgumentException("there is no node " + nodeId);
        }
        return world.nodes().get((int) nodeId - 1);
    }

    private SimNode.Life life(long nodeId) {
        SimNode.Life life = node(nodeId).life();
        if (life == null) {
            throw new IllegalArgumentException("node " + nodeId + " does not run");
        }
        return life;
    }

    /// Lets time pass.
    public void run(long ms) {
        boolean _ = timeline.runUntil(() -> false, timeline.nowNs() + ms * ClusterSetup.MS);
    }

    /// Lets time pass until something is so.
    ///
    /// @return false if it was not so in time
    public boolean runUntil(BooleanSupplier condition, long maxMs) {
        return timeline.runUntil(condition, timeline.nowNs() + maxMs * ClusterSetup.MS);
    }

    /// Whether all nodes run and know all that was decided, and a node leads the metadata.
    public boolean isUp() {
        return world.metadata().leader() != 0
                && world.nodes().stream()
                        .allMatch(node -> node.isSettled() && node.follower().isUpToDate());
    }

    /// All that was decided.
    public ClusterState decided() {
        return world.metadata().decided();
    }

    public long metadataLeader() {
        return world.metadata().leader();
    }

    /// All nodes that there ever were, in order.
    public List<Long> nodeIds() {
        return world.nodes().stream().map(SimNode::id).toList();
    }

    public boolean isRunning(long nodeId) {
        return node(nodeId).life() != null;
    }

    /// What a node has stored of a segment for good; nothing while it doesn't run.
    public CopyState copy(long nodeId, SegmentKey segment) {
        SimNode.Life life = node(nodeId).life();
        return life == null ? CopyState.NONE : copies.state(nodeId, segment, CopyPlace.FIRST);
    }

    /// Sends requests to a node in one piece, on the one connection to it.
    public void ask(long nodeId, List<String> requests) {
        ScriptedConnection connection = connections.get(nodeId);
        if (connection == null || !connection.isOpen()) {
            connection = new ScriptedConnection(world, life(nodeId));
            connections.put(nodeId, connection);
        }
        connection.send(requests);
    }

    public void start(long nodeId) {
        node(nodeId).start();
    }

    /// Kills a node's process.
    public void crash(long nodeId) {
        node(nodeId).crash();
    }

    /// Tells a node to stop, which first has others lead what it leads.
    public void stop(long nodeId) {
        node(nodeId).stop();
    }

    /// Has a node's process stand still.
    public void pause(long nodeId) {
        node(nodeId).pause();
    }

    /// Has it go on.
    public void resume(long nodeId) {
        node(nodeId).resume();
    }

    /// Kills a node's process and gives its machine an empty disk.
    public void loseDisk(long nodeId) {
        node(nodeId).loseDisk();
        copies.forget(nodeId);
    }

    /// Turns over a bit of what a node's disk has of a segment.
    public void damage(long nodeId, SegmentKey segment) {
        if (!life(nodeId).copies().damage(node(nodeId).disk(), segment)) {
            throw new IllegalArgumentException("the disk of node " + nodeId + " has nothing of that segment yet");
        }
    }

    /// Has the next change of that kind fail on a node's disk.
    public void failDisk(long nodeId, Operation change) {
        node(nodeId).failDisk(change, 0);
    }

    /// Has a node's disk neither fail nor finish what it is asked for.
    public void hangDisk(long nodeId) {
        node(nodeId).hangDisk();
    }

    /// Lets it go on.
    public void thawDisk(long nodeId) {
        node(nodeId).thawDisk();
    }

    public void fillDisk(long nodeId) {
        node(nodeId).fillDisk();
    }

    public void freeDisk(long nodeId) {
        node(nodeId).freeDisk();
    }

    /// Adds a new node to the cluster and starts it.
    public void join() {
        SimNode joined = world.add(world.nodes().size() + 1L);
        world.metadata().order(new Command.UpsertNode(world.setup().nodeInfo(joined.id())));
        joined.start();
    }

    /// Has a node lead the metadata from now on.
    public void leadMetadata(long nodeId) {
        world.metadata().depose();
        world.metadata().elect(nodeId);
    }

    /// Has the metadata without a leader until [#resumeElections].
    public void holdElections() {
        hasElections = false;
        world.metadata().depose();
    }

    public void resumeElections() {
        hasElections = true;
    }

    /// Whether a node hears of nothing that is decided, until it is told otherwise.
    public void holdMetadata(long nodeId, boolean isHeld) {
        node(nodeId).follower().late(isHeld);
    }

    /// Has all that one node sends another wait, from the next message on of which this is so.
    public void hold(long from, long to, Predicate<PeerMessage> first) {
        world.network().hold(from, to, messages -> messages.stream().anyMatch(first));
    }

    /// Lets the first of what waits pass.
    public void deliver(long from, long to) {
        world.network().pass(from, to, 1);
    }

    /// Lets all pass again.
    public void release(long from, long to) {
        world.network().release(from, to);
    }

    /// Breaks the channel between two nodes; what is under way is lost, and both hear of it a little later.
    public void breakChannel(long one, long other) {
        world.network().breakBetween(one, other);
    }

    /// Cuts the network into groups of nodes.
    public void partition(List<Set<Long>> groups) {
        for (Set<Long> group : groups) {
            for (long from : group) {
                nodeIds().stream().filter(to -> !group.contains(to)).forEach(to -> {
                    world.network().cut(from, to);
                    world.network().cut(to, from);
                });
            }
        }
    }

    /// Cuts one link, both ways.
    public void cut(long one, long other) {
        world.network().cut(one, other);
        world.network().cut(other, one);
    }

    /// Mends the network.
    public void heal() {
        world.network().healAll();
    }
}
