package io.walrus.node.membership;

import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.node.config.Timing;
import io.walrus.node.part.Interval;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.port.MetadataPort;

/// Sees to it that the metadata knows of this run of the node, also if a late word of an earlier run has come after its
/// own. Guarded by the node's lock.
public final class RunRegistration implements Part {

    private final MetadataPort metadata;
    private final MetadataView view;
    private final Interval attempts;

    public RunRegistration(MetadataPort metadata, MetadataView view, Now now) {
        this.metadata = metadata;
        this.view = view;
        this.attempts = new Interval(now, Timing.PROPOSE_AGAIN_NS);
    }

    /// Proposes this run if the metadata has another one.
    @Override
    public void tick() {
        NodeInfo last = view.state().node(view.self().nodeId());
        if (last != null && !last.bootId().equals(view.bootId()) && attempts.takeDue()) {
            metadata.propose(
                    new Command.UpsertNode(new NodeInfo(
                            last.nodeId(),
                            last.raftAddress(),
                            last.clientAddress(),
                            view.self().diskId(),
                            view.bootId())),
                    MetadataPort.ProposalReply.IGNORED);
        }
    }
}
