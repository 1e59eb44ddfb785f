package io.walrus.node.failover;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import io.walrus.node.lease.Membership;
import io.walrus.node.seal.Sealer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// On the node that leads the metadata: seals the open segments whose leaders are dead, or came back without the disk
/// that they wrote them to. It keeps no record of what it has begun: whichever node leads the metadata next looks for
/// itself. Guarded by the node's lock.
public final class Failover {
    private static final Logger LOG = LoggerFactory.getLogger(Failover.class);

    private final Membership membership;
    private final Sealer sealer;
    private ClusterState state = ClusterState.EMPTY;
    private int lastFound;

    public Failover(Membership membership, Sealer sealer) {
        this.membership = membership;
        this.sealer = sealer;
    }

    /// Takes note of the metadata, which says who leads what.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Looks for segments without a leader.
    public void tick(long nowNs) {
        if (!membership.isInCharge()) {
            return;
        }
        int found = 0;
        for (Topic topic : state.topics().values()) {
            if (isLeaderless(topic.open(), nowNs) && sealer.canSeal(topic)) {
                found++;
                sealer.begin(topic);
            }
        }
        if (found > lastFound) {
            LOG.warn("{} topics have no leader: others come to lead them", found);
        }
        lastFound = found;
    }

    private boolean isLeaderless(OpenSegment open, long nowNs) {
        NodeInfo leader = state.node(open.leader());
        return leader == null || !hasItsDisk(open, leader) || membership.isDead(open.leader(), nowNs);
    }

    private static boolean hasItsDisk(OpenSegment open, NodeInfo leader) {
        for (Replica replica : open.replicas()) {
            if (replica.nodeId() == leader.nodeId()) {
                return replica.diskId().equals(leader.diskId());
            }
        }
        return false;
    }
}
