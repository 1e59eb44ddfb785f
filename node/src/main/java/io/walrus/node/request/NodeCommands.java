package io.walrus.node.request;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.Result;
import io.walrus.node.membership.Heartbeats;
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
    private final Heartbeats membership;
    private final NodeLock lock;
    private final int replicationFactor;
    private ClusterState state = ClusterState.EMPTY;

    public NodeCommands(MetadataPort metadata, Heartbeats membership, NodeLock lock, int replicationFactor) {
        this.metadata = metadata;
        this.membership = membership;
        this.lock = lock;
        this.replicationFactor = replicationFactor;
    }

    /// Takes note of the metadata, which says which nodes there are and what is asked of them.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// What CLUSTER tells.
    public ClusterView view() {
        return new ClusterView(state, metadata.leaderId(), membership.reports(), replicationFactor);
    }

    /// Answers DRAIN, RESUME or REMOVE, now or later.
    public void ask(Verb verb, long node, Slot slot) {
        boolean isKnown = state.node(node) != null;
        if (!isKnown && !(verb == Verb.REMOVE && metadata.isMember(node))) {
            slot.error(ErrorTexts.unknownNode(node));
            return;
        }
        String refusal =
                switch (verb) {
                    case DRAIN -> drainRefusal(node);
                    case REMOVE -> removeRefusal(node);
                    default -> null;
                };
        if (refusal != null) {
            slot.error(ErrorTexts.notPossible(verb, refusal));
            return;
        }
        switch (verb) {
            case DRAIN -> propose(verb, new Command.SetNodeStatus(node, null, NodeStatus.LEAVING), slot, slot::ok);
            case RESUME -> propose(verb, new Command.SetNodeStatus(node, null, NodeStatus.ACTIVE), slot, slot::ok);
            case REMOVE -> remove(node, isKnown, slot);
            default -> throw new IllegalArgumentException(verb + " is not about a node");
        }
    }

    private void remove(long node, boolean isKnown, Slot slot) {
        if (metadata.leaderId() == node) {
            slot.error(ErrorTexts.notReady("node " + node + " leads the metadata, and is about to pass that on"));
        } else if (isKnown) {
            propose(Verb.REMOVE, new Command.RemoveNode(node), slot, () -> removeMember(node, slot));
        } else {
            removeMember(node, slot);
        }
    }

    private @Nullable String drainRefusal(long node) {
        boolean isLast = state.nodes().keySet().stream()
                .noneMatch(other -> other != node && state.status(other) == NodeStatus.ACTIVE && isAlive(other));
        return isLast ? "no other active node is alive that could take what node " + node + " has" : null;
    }

    private @Nullable String removeRefusal(long node) {
        long copies = state.replicasByNode().getOrDefault(node, 0L);
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
        for (NodeReport report : membership.reports()) {
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
                    locked(() -> {
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
                locked(() -> {
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
        locked(() -> slot.refuse(error));
    }

    private void locked(Runnable what) {
        lock.enter();
        try {
            what.run();
        } finally {
            lock.exit();
        }
    }
}
