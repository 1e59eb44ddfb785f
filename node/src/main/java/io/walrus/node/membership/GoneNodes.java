package io.walrus.node.membership;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command.SetNodeStatus;
import io.walrus.metadata.NodeStatus;
import io.walrus.node.config.Timing;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.port.MetadataPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// On the node that leads the metadata: has a node that was not heard of for long counted as gone, so that others take
/// what it stores, and as active again when it is back. Guarded by the node's lock.
public final class GoneNodes implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(GoneNodes.class);

    private final Heartbeats heartbeats;
    private final LiveNodes live;
    private final MetadataPort metadata;
    private final MetadataView view;
    private final Now now;
    private final long replaceAfterNs;
    private boolean proposed;
    private long proposedNs;

    /// @param replaceAfterNs how long a node may be silent before others take what it stores
    public GoneNodes(
            Heartbeats heartbeats,
            LiveNodes live,
            MetadataPort metadata,
            MetadataView view,
            Now now,
            long replaceAfterNs) {
        this.heartbeats = heartbeats;
        this.live = live;
        this.metadata = metadata;
        this.view = view;
        this.now = now;
        this.replaceAfterNs = replaceAfterNs;
    }

    /// Looks for nodes that are missing, or back.
    @Override
    public void tick() {
        if (!heartbeats.leadsMetadata() || (proposed && now.ns() - proposedNs < Timing.PROPOSE_AGAIN_NS)) {
            return;
        }
        ClusterState state = view.state();
        for (long node : state.nodes().keySet()) {
            switch (state.status(node)) {
                case ACTIVE -> {
                    if (live.silentFor(node) >= replaceAfterNs) {
                        LOG.warn("node {} has been silent for too long: others take what it stores", node);
                        propose(new SetNodeStatus(node, NodeStatus.ACTIVE, NodeStatus.GONE));
                    }
                }
                case GONE -> {
                    if (heartbeats.isPresent(node)) {
                        LOG.info("node {} is back", node);
                        propose(new SetNodeStatus(node, NodeStatus.GONE, NodeStatus.ACTIVE));
                    }
                }
                case LEAVING -> {}
            }
        }
    }

    private void propose(SetNodeStatus change) {
        proposed = true;
        proposedNs = now.ns();
        metadata.propose(change, MetadataPort.ProposalReply.IGNORED);
    }
}
