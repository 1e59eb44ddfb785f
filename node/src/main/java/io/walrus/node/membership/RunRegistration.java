package io.walrus.node.membership;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.node.port.MetadataPort;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Sees to it that the metadata knows of this run of the node, and tells since when it does: whatever it says before
/// may have been said to an earlier run. Guarded by the node's lock.
public final class RunRegistration {
    private static final long AGAIN_NS = 1_000_000_000L;

    private final MetadataPort metadata;
    private final Replica self;
    private final UUID bootId;
    private @Nullable NodeInfo known;
    private boolean done;
    private boolean doneBefore;
    private long proposedNs;

    public RunRegistration(MetadataPort metadata, Replica self, UUID bootId, long nowNs) {
        this.metadata = metadata;
        this.self = self;
        this.bootId = bootId;
        this.proposedNs = nowNs - AGAIN_NS;
    }

    /// Takes note of the metadata.
    public void follow(ClusterState applied) {
        known = applied.node(self.nodeId());
        doneBefore = done;
        done |= isThisRun(known);
    }

    private boolean isThisRun(@Nullable NodeInfo node) {
        return node != null && node.bootId().equals(bootId);
    }

    /// Whether the metadata has known this run: all that was decided before this node started is known here.
    public boolean isDone() {
        return done;
    }

    /// Whether it had before the last change of it, which so was made in this run.
    public boolean wasDone() {
        return doneBefore;
    }

    /// Makes this run known, if it isn't: a late word of an earlier run may have come after its own.
    public void tick(long nowNs) {
        NodeInfo last = known;
        if (last != null && !isThisRun(last) && nowNs - proposedNs >= AGAIN_NS) {
            proposedNs = nowNs;
            metadata.propose(
                    new Command.UpsertNode(new NodeInfo(
                            last.nodeId(), last.raftAddress(), last.clientAddress(), self.diskId(), bootId)),
                    MetadataPort.ProposalReply.IGNORED);
        }
    }
}
