package io.walrus.server;

import io.walrus.consensus.MetadataListener;
import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.metadata.Applied;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
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
final class MetadataLink implements MetadataPort, MetadataListener {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLink.class);
    private static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(5);

    private final Executor replies = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("proposals").daemon().factory());

    private final Runnable onFailure;
    private volatile @Nullable MetadataLog log;
    private volatile @Nullable Node node;

    /// Makes it.
    ///
    /// @param onFailure run when this node's part in the metadata has ended for good; must not block
    MetadataLink(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    void connect(MetadataLog started) {
        log = started;
    }

    /// From here on the node hears what is applied; it takes up what was applied before. With the node's lock held.
    void follow(Node follower) {
        // Set before the state is read: what is applied in between then waits for the lock instead of being missed.
        node = follower;
        follower.restored(log().state());
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
    public void applied(long index, Applied applied) {
        tell(follower -> follower.applied(applied));
    }

    @Override
    public void restored(long index, ClusterState state) {
        LOG.debug("metadata restored from the snapshot at {}", index);
        tell(follower -> follower.restored(state));
    }

    private void tell(Consumer<Node> news) {
        Node follower = node;
        if (follower == null) {
            return;
        }
        follower.enter();
        try {
            if (follower.equals(node)) {
                news.accept(follower);
            }
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
    }

    @Override
    public void failed(String reason) {
        LOG.error("the metadata stopped on this node, which ends: {}", reason);
        onFailure.run();
    }

    private MetadataLog log() {
        return Objects.requireNonNull(log, "the metadata has not been started");
    }
}
