package io.walrus.server.cluster;

import io.walrus.consensus.MetadataListener;
import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.RemoveOutcome;
import io.walrus.metadata.Applied;
import io.walrus.metadata.Change;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeStatus;
import io.walrus.node.Node;
import io.walrus.node.port.MetadataPort;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Joins the node to the replicated metadata: proposals go one way, what is applied comes the other.
public final class MetadataLink implements MetadataPort, MetadataListener {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLink.class);
    private static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(5);

    private final Executor replies = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("proposals").daemon().factory());

    private final long self;
    private final Runnable onFailure;
    private final Runnable onRemoval;
    private volatile boolean isRemoved;
    private volatile @Nullable MetadataLog log;
    private volatile @Nullable Node node;

    /// Makes it.
    ///
    /// @param onFailure run when this node's part in the metadata has ended for good; must not block
    /// @param onRemoval run when this node was taken out of the cluster; must not block
    public MetadataLink(long self, Runnable onFailure, Runnable onRemoval) {
        this.self = self;
        this.onFailure = onFailure;
        this.onRemoval = onRemoval;
    }

    public void connect(MetadataLog started) {
        log = started;
    }

    /// From here on the node hears what is applied; it takes up what was applied before. With the node's lock held.
    public void follow(Node follower) {
        // Set before the state is read: what is applied in between then waits for the lock instead of being missed.
        node = follower;
        follower.restored(log().state());
    }

    /// The node hears nothing more: its log is about to be closed.
    public void unfollow(Node follower) {
        follower.enter();
        try {
            node = null;
        } finally {
            follower.exit();
        }
    }

    @Override
    public void propose(Command command, ProposalReply reply) {
        // On a thread of its own: the caller holds the node's lock, which the reply may want to take.
        var _ = log().propose(command, PROPOSAL_TIMEOUT)
                .thenAcceptAsync(
                        outcome -> {
                            switch (outcome) {
                                case ProposalOutcome.Committed committed -> reply.applied(committed.result());
                                case ProposalOutcome.NotProposed(String reason) -> reply.notProposed(reason);
                                case ProposalOutcome.Unknown(String reason) -> reply.unknown(reason);
                            }
                        },
                        replies);
    }

    @Override
    public boolean leads() {
        return log().leads();
    }

    @Override
    public long leaderId() {
        return log().leaderId();
    }

    @Override
    public boolean isMember(long nodeId) {
        return log().status().voters().contains(nodeId);
    }

    @Override
    public void removeMember(long nodeId, RemovalReply reply) {
        var _ = log().removeMember(nodeId, PROPOSAL_TIMEOUT)
                .thenAcceptAsync(
                        outcome -> {
                            switch (outcome) {
                                case RemoveOutcome.Removed _ -> reply.removed();
                                case RemoveOutcome.Refused(String reason) -> reply.refused(reason);
                                case RemoveOutcome.NotYet(String reason) -> reply.notYet(reason);
                            }
                        },
                        replies);
    }

    @Override
    public void applied(long index, Applied applied) {
        if (tell(follower -> follower.applied(applied))) {
            applied.changes().forEach(this::look);
        }
    }

    /// Looks for what concerns this process as a whole. What was applied before it served is of no concern.
    private void look(Change change) {
        if (change.equals(new Change.NodeRemoved(self))) {
            isRemoved = true;
            LOG.info("node {} was removed from the cluster and ends", self);
            onRemoval.run();
        } else if (change.equals(new Change.NodeStatusChanged(self))) {
            passOnIfLeaving();
        }
    }

    /// A node that is to be emptied, and then to be removed, does not lead the metadata if another can.
    private void passOnIfLeaving() {
        MetadataLog log = log();
        if (log.leads() && log.state().status(self) == NodeStatus.LEAVING) {
            LOG.info("node {} is to be emptied: another node comes to lead the metadata", self);
            var _ = log.transferLeadership(PROPOSAL_TIMEOUT);
        }
    }

    @Override
    public void restored(long index, ClusterState state) {
        LOG.debug("metadata restored from the snapshot at {}", index);
        var _ = tell(follower -> follower.restored(state));
    }

    /// Tells the node, if there is one that follows.
    private boolean tell(Consumer<Node> news) {
        Node follower = node;
        if (follower == null) {
            return false;
        }
        follower.enter();
        try {
            boolean follows = follower.equals(node);
            if (follows) {
                news.accept(follower);
            }
            return follows;
        } finally {
            follower.exit();
        }
    }

    @Override
    public void leaderChanged(long leaderId) {
        if (leaderId == 0) {
            LOG.debug("the metadata has no leader");
        } else {
            LOG.info("node {} leads the metadata", leaderId);
        }
    }

    @Override
    public void leaderReady(long term) {
        LOG.debug("leading the metadata in term {}", term);
        passOnIfLeaving();
    }

    @Override
    public void failed(String reason) {
        if (isRemoved) {
            // Its vote is gone, too.
            return;
        }
        LOG.error("the metadata stopped on this node, which ends: {}", reason);
        onFailure.run();
    }

    private MetadataLog log() {
        return Objects.requireNonNull(log, "the metadata has not been started");
    }
}
