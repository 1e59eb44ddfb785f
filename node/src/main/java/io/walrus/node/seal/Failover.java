package io.walrus.node.seal;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.membership.Successors;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Part;
import io.walrus.node.topic.TopicSweep;
import io.walrus.node.topic.TopicTable;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// On the node that leads the metadata: seals the open segments whose leaders are dead, or came back without the disk
/// that they wrote them to, or lack followers to acknowledge anything with, if the next segment would have enough. It
/// keeps no record of what it has begun: whichever node leads the metadata next looks for itself. Guarded by the node's
/// lock.
public final class Failover implements Part, MetadataFollower {
    private static final Logger LOG = LoggerFactory.getLogger(Failover.class);
    /// Suspects that a tick looks at. The others have their turn at the next ones.
    private static final int MAX_PER_TICK = 5_000;

    private final Heartbeats heartbeats;
    private final LiveNodes live;
    private final Successors successors;
    private final Sealer sealer;
    private final MetadataView view;
    private final TopicSweep sweep;
    /// Topics whose open segment may be unable to go on, first those that were looked at longest ago.
    private final LinkedHashSet<Long> suspects = new LinkedHashSet<>();

    private Set<Long> dead = Set.of();
    private boolean lookAtAll = true;
    private int lastFound;

    public Failover(
            Heartbeats heartbeats,
            LiveNodes live,
            Successors successors,
            Sealer sealer,
            MetadataView view,
            TopicTable topics) {
        this.heartbeats = heartbeats;
        this.live = live;
        this.successors = successors;
        this.sealer = sealer;
        this.view = view;
        this.sweep = new TopicSweep(topics);
    }

    @Override
    public void follow(ClusterState before) {
        lookAtAll |= !view.state().nodes().equals(before.nodes());
    }

    @Override
    public void restored() {
        lookAtAll = true;
    }

    @Override
    public void extended(Topic topic, long fromSegment) {
        suspects.add(topic.topicId());
    }

    /// Looks for segments that can't go on.
    @Override
    public void tick() {
        if (!heartbeats.leadsMetadata()) {
            suspects.clear();
            lookAtAll = true;
            return;
        }
        ClusterState state = view.state();
        Set<Long> deadNow = new HashSet<>(state.nodes().keySet());
        deadNow.removeIf(live::isAlive);
        if (lookAtAll || !deadNow.equals(dead)) {
            sweep.begin();
        }
        lookAtAll = false;
        dead = deadNow;
        sweep.goOn(topic -> {
            if (!canGoOn(topic.open())) {
                suspects.add(topic.topicId());
            }
        });
        int found = 0;
        for (int left = Math.min(suspects.size(), MAX_PER_TICK); left > 0; left--) {
            Topic topic = state.topic(suspects.removeFirst());
            if (topic != null && !canGoOn(topic.open())) {
                suspects.add(topic.topicId());
                if (sealer.canSeal(topic) && isWorthIt(topic.open())) {
                    found++;
                    sealer.begin(topic);
                }
            }
        }
        if (found > lastFound) {
            LOG.warn("{} topics have no leader, or too few copies: others come to lead and store them", found);
        }
        lastFound = found;
    }

    private boolean canGoOn(OpenSegment open) {
        return !isLeaderless(open) && hasMajority(open.replicas());
    }

    private boolean isLeaderless(OpenSegment open) {
        return open.replicas().stream().noneMatch(replica -> replica.nodeId() == open.leader() && isUsable(replica));
    }

    private boolean hasMajority(List<Replica> replicas) {
        return 2 * replicas.stream().filter(this::isUsable).count() > replicas.size();
    }

    /// Whether a replica is on a disk that its node still has, and the node is alive.
    private boolean isUsable(Replica replica) {
        NodeInfo node = view.state().node(replica.nodeId());
        return node != null && node.replica().equals(replica) && !dead.contains(replica.nodeId());
    }

    /// A segment that has a leader is not sealed to be followed by one that can't go on either, and so on for ever.
    private boolean isWorthIt(OpenSegment open) {
        return isLeaderless(open) || hasMajority(successors.after(open.leader()));
    }
}
