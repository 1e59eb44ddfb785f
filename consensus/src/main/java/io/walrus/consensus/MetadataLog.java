package io.walrus.consensus;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// The replicated metadata as one node sees it. Thread-safe.
public interface MetadataLog extends AutoCloseable {
    /// Asks to be taken in as a voter, through any node of the cluster. For a node that began with
    /// [RaftConfig.WhenNew#JOIN]; harmless for one that is a voter already. A node whose folder is empty
    /// although the cluster knows its id replaces the one it was, with nothing of what that one had.
    ///
    /// @return never fails; completes within the timeout, on a thread that must not be blocked
    CompletableFuture<JoinOutcome> join(String host, int port, Duration timeout);

    /// Removes a member, which must then not come back but with an empty folder. On any node.
    ///
    /// @return never fails; completes within the timeout, on a thread that must not be blocked
    CompletableFuture<RemoveOutcome> removeMember(long nodeId, Duration timeout);

    /// If this node leads, lets the voter lead that has the most of the log, as before a planned stop.
    ///
    /// @return whether this node no longer leads; never fails; completes within the timeout, on a thread that must
    ///     not be blocked
    CompletableFuture<Boolean> transferLeadership(Duration timeout);

    /// Proposes a command, on whichever node leads, and waits until this node has applied it. As long as no leader is
    /// known and the command surely was not proposed, it is tried again until the timeout.
    ///
    /// @return never fails; completes within the timeout, on a thread that must not be blocked
    CompletableFuture<ProposalOutcome> propose(Command command, Duration timeout);

    /// The newest state applied on this node. A proposal of this node's that committed is in it.
    ClusterState state();

    RaftStatus status();

    /// Which node leads as far as this one knows; 0 if it knows of none. Cheap.
    long leaderId();

    /// This node leads, and its state holds all that was committed before. It may have been replaced without knowing
    /// it yet. Cheap.
    boolean leads();

    /// Done once this node leads with all that was committed applied, or knows another node that leads. Never fails.
    CompletableFuture<Void> ready();

    /// Stops taking part, within two seconds; calls of other nodes then fail.
    @Override
    void close();
}
