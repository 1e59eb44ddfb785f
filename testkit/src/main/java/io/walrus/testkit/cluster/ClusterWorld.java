package io.walrus.testkit.cluster;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// All there is in one run.
final class ClusterWorld {
    /// By then nothing is proposed any more by whoever had not heard of an order.
    private static final long SETTLED_NS = 4_000 * ClusterSetup.MS;

    private final ClusterOptions options;
    private final ClusterSetup setup;
    private final ClusterObserver observer;
    private final Timeline timeline;
    private final SimNetwork network;
    private final SimMetadata metadata;
    private final ClusterHistory history;
    private final List<SimNode> nodes = new ArrayList<>();
    /// Since when the metadata's leader has not heard a node, and a node has not heard the leader, where that is so.
    private final Map<Long, Long> unheardSinceNs = new HashMap<>();

    private final Map<Long, Long> deafSinceNs = new HashMap<>();

    private long nextRequest = 1;
    private long nextConnection = 1;
    private long crashes;
    private boolean calm;
    private boolean lostOne;
    private boolean drainedOne;
    private @Nullable SimNode damaged;
    private long orderedNs;
    private final ClusterCopies copies = new ClusterCopies(this);
    private final long forgetful;

    ClusterWorld(long seed, ClusterOptions options) {
        SplittableRandom random = new SplittableRandom(seed);
        this(ClusterSetup.of(random), new Timeline(random), options, ClusterObserver.NONE);
    }

    /// @param observer is told of what happens
    ClusterWorld(ClusterSetup setup, Timeline timeline, ClusterOptions options, ClusterObserver observer) {
        this.options = options;
        this.setup = setup;
        this.timeline = timeline;
        this.observer = observer;
        timeline.afterEach(this::contactChanged);
        this.network = new SimNetwork(this, this::contactChanged);
        this.history = new ClusterHistory();
        ClusterState state = ClusterState.EMPTY
                .apply(new Command.InitCluster(ClusterSetup.CLUSTER))
                .state();
        for (long id : setup.nodeIds()) {
            state = state.apply(new Command.UpsertNode(setup.nodeInfo(id))).state();
        }
        this.metadata = new SimMetadata(this, state);
        setup.nodeIds().forEach(this::add);
        boolean mayForget = options.has(ClusterFault.FORGETFUL_DISK) && setup.survivesALossAtAnyTime();
        boolean forgets = mayForget && timeline.chance(options.has(ClusterFault.LOSSES) ? 20 : 100);
        this.forgetful = forgets ? 1 + timeline.random().nextInt(setup.nodes()) : 0;
    }

    /// The node whose disk forgets what was not forced, and more, in a run in which nothing is forced as it comes; 0 in
    /// all others.
    long forgetful() {
        return forgetful;
    }

    /// Adds a machine that was never started.
    SimNode add(long id) {
        SimNode node = new SimNode(id, this);
        nodes.add(node);
        node.follow(metadata);
        return node;
    }

    ClusterObserver observer() {
        return observer;
    }

    ClusterOptions options() {
        return options;
    }

    ClusterSetup setup() {
        return setup;
    }

    Timeline timeline() {
        return timeline;
    }

    SimNetwork network() {
        return network;
    }

    SimMetadata metadata() {
        return metadata;
    }

    ClusterHistory history() {
        return history;
    }

    List<SimNode> nodes() {
        return nodes;
    }

    /// All nodes but the one that is gone for good.
    List<SimNode> living() {
        return nodes.stream().filter(node -> !node.isGone()).toList();
    }

    ClusterCopies copies() {
        return copies;
    }

    /// Whether a node may lose its disk or its life now: the first of three copies may at any time, others when all is
    /// well again, and no node is about to be emptied, which leaves fewer of them. If so it has to.
    boolean mayLoseOne() {
        boolean isSettled = timeline.nowNs() - orderedNs > SETTLED_NS && living().size() == nodes.size();
        boolean isFirst = setup.survivesALossAtAnyTime() && !lostOne && !drainedOne;
        boolean may = setup.survivesALoss() && (isFirst || (isSettled && copies.surviveALoss()));
        lostOne |= may;
        return may;
    }

    /// Whether what a node stores may be damaged: of one node alone.
    boolean mayDamage(SimNode node) {
        boolean may = setup.survivesALossAtAnyTime() && (damaged == null || damaged == node);
        if (may) {
            damaged = node;
        }
        return may;
    }

    boolean isDamaged(SimNode node) {
        return node == damaged;
    }

    /// Has an operator say what is asked of a node, if there are other nodes. Nobody has one emptied while another's
    /// disk was lost and that is not known yet: what the two that are left hold together can be on one of them
    /// alone.
    void order(SimNode node, NodeStatus status) {
        boolean isLast = nodes.stream()
                .noneMatch(other ->
                        other != node && !other.isGone() && metadata.decided().status(other.id()) == NodeStatus.ACTIVE);
        if (status == NodeStatus.ACTIVE || (!isLast && copies.lossesAreKnown())) {
            drainedOne = true;
            orderedNs = timeline.nowNs();
            metadata.order(new Command.SetNodeStatus(node.id(), null, status));
        }
    }

    SimNode anyNode() {
        return nodes.get(timeline.random().nextInt(nodes.size()));
    }

    String anyTopic() {
        return setup.topics().get(timeline.random().nextInt(setup.topics().size()));
    }

    long nextRequest() {
        return nextRequest++;
    }

    long nextConnection() {
        return nextConnection++;
    }

    /// Whether nothing goes wrong any more.
    boolean isCalm() {
        return calm;
    }

    void calmDown() {
        calm = true;
    }

    void crashed() {
        crashes++;
    }

    long crashes() {
        return crashes;
    }

    /// How long after a node took a request up its reply may come.
    long replyBoundNs() {
        return 2 * setup.requestTimeoutNs() + 1_500 * ClusterSetup.MS;
    }

    /// Notes who has no contact with the metadata's leader at this moment.
    void contactChanged() {
        for (SimNode node : nodes) {
            note(unheardSinceNs, node.id(), !metadata.isHeardByAny(node.id()));
            note(deafSinceNs, node.id(), !metadata.hearsAny(node.id()));
        }
    }

    private void note(Map<Long, Long> sinceNs, long nodeId, boolean isSo) {
        if (isSo) {
            sinceNs.putIfAbsent(nodeId, timeline.nowNs());
        } else {
            sinceNs.remove(nodeId);
        }
    }

    /// Whether no lease of the node can last until now: it is counted from when the node asked for it, and begins with
    /// the answer, which a partition may have held back.
    boolean leaseIsOver(long nodeId) {
        return isLongAgo(unheardSinceNs.get(nodeId)) || isLongAgo(deafSinceNs.get(nodeId));
    }

    private boolean isLongAgo(@Nullable Long sinceNs) {
        return sinceNs != null && timeline.nowNs() - sinceNs > setup.leaseNs();
    }
}
