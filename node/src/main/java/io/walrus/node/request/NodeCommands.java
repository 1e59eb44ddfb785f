package io.walrus.node.request;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.Result;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.MetadataView;
import io.walrus.node.peer.NodeReport;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.NodeLock;
import io.walrus.node.topic.Slot;
import io.walrus.protocol.ErrorTexts;
import io.walrus.protocol.Verb;
import org.jspecify.annotations.Nullable;

/// DRAIN, RESUME and REMOVE. Each may be asked of any node, and again after a lost answer. Guarded by the node's lock.
///
/// A node is removed in two steps: first the metadata forgets it, which it does only if no segment has a copy there;
/// then its vote in the metadata is taken away. A removal that ended in between is finished when it is asked for again.
public final class NodeCommands {
    private final MetadataPort metadata;
    private final NodeLock lock;
    private final MetadataView view;
    private final LiveNodes live;
    private final Reports reports;
    private final int replicationFactor;

    /// @param replicationFactor how many copies each segment is to have, for CLUSTER
    public NodeCommands(
            MetadataPort metadata,
            NodeLock lock,
            MetadataView view,
            LiveNodes live,
            Reports reports,
            int replicationFactor) {
        this.metadata = metadata;
        this.lock = lock;
        this.view = view;
        this.live = live;
        this.reports = reports;
        this.replicationFactor = replicationFactor;
    }

    void cluster(Slot slot) {
        slot.json(
                reports.cluster(new ClusterView(view.state(), metadata.leaderId(), live.reports(), replicationFactor)));
    }

    void drain(long node, boolean isForced, Slot slot) {
        String refusal = isKnown(node) ? drainRefusal(node, isForced) : null;
        if (!isKnown(node)) {
            slot.error(ErrorTexts.unknownNode(node));
        } else if (refusal != null) {
            slot.error(ErrorTexts.notPossible(Verb.DRAIN, refusal));
        } else {
            propose(Verb.DRAIN, new Command.SetNodeStatus(node, null, NodeStatus.LEAVING), slot, slot::ok);
        }
    }

    void resume(long node, Slot slot) {
        if (isKnown(node)) {
            propose(Verb.RESUME, new Command.SetNodeStatus(node, null, NodeStatus.ACTIVE), slot, slot::ok);
        } else {
            slot.error(ErrorTexts.unknownNode(node));
        }
    }

    void remove(long node, Slot slot) {
        if (!isKnown(node) && !metadata.isMember(node)) {
            slot.error(ErrorTexts.unknownNode(node));
            return;
        }
        String refusal = removeRefusal(node);
        if (refusal != null) {
            slot.error(ErrorTexts.notPossible(Verb.REMOVE, refusal));
        } else if (metadata.leaderId() == node) {
            slot.error(ErrorTexts.notReady("node " + node + " leads the metadata, and is about to pass that on"));
        } else if (isKnown(node)) {
            propose(Verb.REMOVE, new Command.RemoveNode(node), slot, () -> removeMember(node, slot));
        } else {
            removeMember(node, slot);
        }
    }

    private boolean isKnown(long node) {
        return view.state().node(node) != null;
    }

    private @Nullable String drainRefusal(long node, boolean isForced) {
        ClusterState state = view.state();
        boolean isLast = state.nodes().keySet().stream()
                .noneMatch(other -> other != node && state.status(other) == NodeStatus.ACTIVE && isAlive(other));
        if (isLast) {
            return "no other active node is alive that could take what node " + node + " has";
        }
        long left = state.nodes().keySet().stream()
                .filter(other -> other != node && state.status(other) == NodeStatus.ACTIVE)
                .count();
        int copies = Math.min(replicationFactor, state.nodes().size());
        boolean isDecided = state.status(node) == NodeStatus.LEAVING;
        return isForced || isDecided || left >= copies
                ? null
                : "it would leave " + left + " active nodes for " + copies
                        + " copies of each segment: add a node first, or force it with DRAIN " + node + " force";
    }

    private @Nullable String removeRefusal(long node) {
        ClusterState state = view.state();
        long copies = state.counts().replicasOn(node);
        if (state.node(node) != null && state.status(node) == NodeStatus.ACTIVE) {
            return "node " + node + " is active: DRAIN it first";
        }
        if (copies > 0) {
            return "node " + node + " still has to store copies of " + copies
                    + " segments: wait until others have them";
        }
        long others = state.nodes().keySet().stream()
                .filter(other -> other != node && isAlive(other))
                .count();
        int all = state.nodes().size();
        return 2 * others <= all
                ? "only " + others + " of " + all + " nodes are alive besides node " + node + ": it takes a majority"
                : null;
    }

    private boolean isAlive(long node) {
        for (NodeReport report : live.reports()) {
            if (report.nodeId() == node) {
                return report.isAlive();
            }
        }
        return false;
    }

    private void propose(Verb verb, Command command, Slot slot, Runnable applied) {
        metadata.propose(command, new MetadataPort.ProposalReply() {
            @Override
            public void applied(Result result) {
                if (result instanceof Result.Rejected(String reason)) {
                    refuse(slot, ErrorTexts.notPossible(verb, reason));
                } else {
                    lock.run(() -> {
                        applied.run();
                        slot.wake();
                    });
                }
            }

            @Override
            public void notProposed(String reason) {
                refuse(slot, ErrorTexts.notReady(reason));
            }

            @Override
            public void unknown(String reason) {
                refuse(slot, ErrorTexts.outcomeUnknown(reason));
            }
        });
    }

    private void removeMember(long node, Slot slot) {
        metadata.removeMember(node, new MetadataPort.RemovalReply() {
            @Override
            public void removed() {
                lock.run(() -> {
                    slot.ok();
                    slot.wake();
                });
            }

            @Override
            public void refused(String reason) {
                refuse(slot, ErrorTexts.notPossible(Verb.REMOVE, reason));
            }

            @Override
            public void notYet(String reason) {
                refuse(slot, ErrorTexts.notReady(reason));
            }
        });
    }

    private void refuse(Slot slot, String error) {
        lock.run(() -> slot.refuse(error));
    }
}
