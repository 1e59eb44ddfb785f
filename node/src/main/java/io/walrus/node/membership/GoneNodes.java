package io.walrus.node.membership;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command.SetNodeStatus;
import io.walrus.metadata.NodeStatus;
import io.walrus.node.port.MetadataPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// On the node that leads the metadata: has a node that was not heard of for long counted as gone, so that others take
/// what it stores, and as active again when it is back. Guarded by the node's lock.
public final class GoneNodes {
    private static final Logger LOG = LoggerFactory.getLogger(GoneNodes.class);
    private static final long AGAIN_NS = 1_000_000_000L;

    private final Heartbeats membership;
    private final MetadataPort metadata;
    private final long replaceAfterNs;
    private ClusterState state = ClusterState.EMPTY;
    private boolean proposed;
    private long proposedNs;

    public GoneNodes(Heartbeats membership, MetadataPort metadata, long replaceAfterNs) {
        this.membership = membership;
        this.metadata = metadata;
        this.replaceAfterNs = replaceAfterNs;
    }

    /// Takes note of the metadata, which says what is asked of each node.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Looks for nodes that are missing, or back.
    public void tick(long nowNs) {
        if (!membership.leadsMetadata() || (proposed && nowNs - proposedNs < AGAIN_NS)) {
            return;
        }
        for (long node : state.nodes().keySet()) {
            switch (state.status(node)) {
                case ACTIVE -> {
                    if (membership.isSilent(node, nowNs, replaceAfterNs)) {
                        LOG.warn("node {} has been silent for too long: others take what it stores", node);
                        propose(new SetNodeStatus(node, NodeStatus.ACTIVE, NodeStatus.GONE), nowNs);
                    }
                }
                case GONE -> {
                    if (membership.isThere(node, nowNs)) {
                        LOG.info("node {} is back", node);
                        propose(new SetNodeStatus(node, NodeStatus.GONE, NodeStatus.ACTIVE), nowNs);
                    }
                }
                case LEAVING -> {}
            }
        }
    }

    private void propose(SetNodeStatus change, long nowNs) {
        proposed = true;
        proposedNs = nowNs;
        metadata.propose(change, MetadataPort.ProposalReply.IGNORED);
    }
}
