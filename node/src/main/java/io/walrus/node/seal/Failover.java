package io.walrus.node.seal;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import io.walrus.node.membership.Heartbeats;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// On the node that leads the metadata: seals the open segments whose leaders are dead, or came back without the disk
/// that they wrote them to, or lack followers to acknowledge anything with, if the next segment would have enough. It
/// keeps no record of what it has begun: whichever node leads the metadata next looks for itself. Guarded by the node's
/// lock.
public final class Failover {
    private static final Logger LOG = LoggerFactory.getLogger(Failover.class);

    private final Heartbeats membership;
    private final Sealer sealer;
    private ClusterState state = ClusterState.EMPTY;
    /// Topics whose open segment may be unable to go on.
    private final Set<Long> suspects = new HashSet<>();

    private Set<Long> dead = Set.of();
    private boolean lookAtAll = true;
    private int lastFound;

    public Failover(Heartbeats membership, Sealer sealer) {
        this.membership = membership;
        this.sealer = sealer;
    }

    /// Takes note of the metadata, which says who leads what.
    public void follow(ClusterState applied) {
        lookAtAll |= !applied.nodes().equals(state.nodes());
        state = applied;
    }

    /// All topics may have other open segments than before.
    public void lookAtAll() {
        lookAtAll = true;
    }

    /// A topic may have another open segment than before.
    public void look(Topic topic) {
        suspects.add(topic.topicId());
    }

    /// Looks for segments that can't go on.
    public void tick(long nowNs) {
        if (!membership.leadsMetadata()) {
            suspects.clear();
            lookAtAll = true;
            return;
        }
        Set<Long> deadNow = new HashSet<>(state.nodes().keySet());
        deadNow.removeIf(node -> !membership.isDead(node, nowNs));
        if (lookAtAll || !deadNow.equals(dead)) {
            suspects.addAll(state.topics().keySet());
        }
        lookAtAll = false;
        dead = deadNow;
        int found = 0;
        for (Iterator<Long> ids = suspects.iterator(); ids.hasNext(); ) {
            Topic topic = state.topic(ids.next());
            if (topic == null
                    || (!isLeaderless(topic.open()) && hasMajority(topic.open().replicas()))) {
                ids.remove();
            } else if (sealer.canSeal(topic) && isWorthIt(topic.open())) {
                found++;
                sealer.begin(topic);
            }
        }
        if (found > lastFound) {
            LOG.warn("{} topics have no leader, or too few copies: others come to lead and store them", found);
        }
        lastFound = found;
    }

    private boolean isLeaderless(OpenSegment open) {
        return open.replicas().stream().noneMatch(replica -> replica.nodeId() == open.leader() && isThere(replica));
    }

    private boolean hasMajority(List<Replica> replicas) {
        return 2 * replicas.stream().filter(this::isThere).count() > replicas.size();
    }

    private boolean isThere(Replica replica) {
        NodeInfo node = state.node(replica.nodeId());
        return node != null && node.replica().equals(replica) && !dead.contains(replica.nodeId());
    }

    /// A segment that has a leader is not sealed to be followed by one that can't go on either, and so on for ever.
    private boolean isWorthIt(OpenSegment open) {
        return isLeaderless(open) || hasMajority(membership.successors(state, open.leader()));
    }
}
