package io.walrus.server.cluster;

import io.walrus.consensus.MetadataListener;
import io.walrus.consensus.MetadataLog;
import io.walrus.metadata.Applied;
import io.walrus.metadata.Change;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeStatus;
import io.walrus.node.Node;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is applied to the replicated metadata, for the node, and what that means for this process as a whole.
///
/// The metadata is there before the node and after it: the node hears what is applied from [#follow] to [#unfollow],
/// on the thread that applies and with the node's lock held. What is applied before, while the process starts, is in
/// the state that [#follow] begins with.
final class MetadataFeed implements MetadataListener {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataFeed.class);
    private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(5);

    private final long self;
    private final Runnable onFailure;
    private final Runnable onRemoval;
    /// Done once the metadata has started, which it tells of things before.
    private final CompletableFuture<MetadataLog> started = new CompletableFuture<>();

    private volatile boolean isRemoved;
    private volatile @Nullable Node node;

    /// The news of a node's metadata, for nobody yet.
    ///
    /// @param onFailure run when this node's part in the metadata has ended for good; must not block
    /// @param onRemoval run when this node was taken out of the cluster; must not block
    MetadataFeed(long self, Runnable onFailure, Runnable onRemoval) {
        this.self = self;
        this.onFailure = onFailure;
        this.onRemoval = onRemoval;
    }

    /// The metadata whose news these are.
    void started(MetadataLog raft) {
        started.complete(raft);
    }

    /// From here on the node hears what is applied; it takes up what was applied before.
    void follow(Node follower, MetadataLog raft) {
        follower.enter();
        try {
            // Set before the state is read: what is applied in between then waits for the lock instead of being missed.
            node = follower;
            follower.restored(raft.state());
        } finally {
            follower.exit();
        }
    }

    /// The node hears nothing more: its log is about to be closed.
    void unfollow(Node follower) {
        follower.enter();
        try {
            node = null;
        } finally {
            follower.exit();
        }
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
        var _ = started.thenAccept(raft -> {
            if (raft.leads() && raft.state().status(self) == NodeStatus.LEAVING) {
                LOG.info("node {} is to be emptied: another node comes to lead the metadata", self);
                var _ = raft.transferLeadership(TRANSFER_TIMEOUT);
            }
        });
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
}
