package io.walrus.consensus;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// The replicated metadata as one node sees it. Thread-safe.
public interface MetadataLog extends AutoCloseable {

    /// Starts taking part. When this returns the port answers and what a snapshot held is in [#state]; commands behind
    /// it are applied as soon as a leader is known ([#ready]).
    ///
    /// @param handler answers other nodes' calls of the internal service
    /// @param acceptor takes the streams other nodes open
    /// @throws ConsensusStartException if it cannot start; nothing is left running
    static MetadataLog start(
            RaftConfig config, MetadataListener listener, InternalHandler handler, PeerStreamAcceptor acceptor)
            throws ConsensusStartException {
        return RatisMetadataLog.start(config, listener, handler, acceptor);
    }

    /// Proposes a command; a node that does not lead answers [ProposalOutcome.NotProposed]. The future never fails; it
    /// completes within the timeout, on a thread that must not be blocked.
    CompletableFuture<ProposalOutcome> propose(Command command, Duration timeout);

    /// The newest state applied on this node. A committed proposal of this node's is in it while this node leads.
    ClusterState state();

    RaftStatus status();

    /// Done once this node leads with all that was committed applied, or knows another node that leads. Never fails.
    CompletableFuture<Void> ready();

    /// Stops taking part, within two seconds; calls of other nodes then fail.
    @Override
    void close();
}
