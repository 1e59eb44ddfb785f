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

    /// Removes a member, on any node. The removed node may come back only with an empty folder.
    ///
    /// @return never fails; completes within the timeout, on a thread that must not be blocked
    CompletableFuture<RemoveOutcome> removeMember(long nodeId, Duration timeout);

    /// Takes this node, which has just joined, out again, since it can't serve. If that succeeds its folder is as if it
    /// had never joined.
    ///
    /// @return as of [#removeMember]
    CompletableFuture<RemoveOutcome> withdraw(Duration timeout);

    /// If this node leads, hands the lead over to the voter that has the most of the log, as before a planned stop.
    ///
    /// @return whether this node no longer leads; never fails; completes within the timeout, on a thread that must
    ///     not be blocked
    CompletableFuture<Boolean> transferLeadership(Duration timeout);

    /// Proposes a command on the node that leads, and waits until this node has applied it. Until the timeout it is
    /// tried again, as long as the command surely was not proposed.
    ///
    /// @return never fails; completes within the timeout, on a thread that must not be blocked
    CompletableFuture<ProposalOutcome> propose(Command command, Duration timeout);

    /// The newest state applied on this node. A proposal of this node's that committed is in it.
    ClusterState state();

    RaftStatus status();

    /// The leader's id as far as this node knows; 0 if it knows of no leader. Cheap.
    long leaderId();

    /// Whether this node leads, with all that was committed before in its state. Another node may lead already without
    /// this one knowing. Cheap.
    boolean leads();

    /// Completes when this node leads with all committed commands applied, or knows another leader. Never fails.
    CompletableFuture<Void> ready();

    /// Stops taking part, within two seconds; calls of other nodes then fail.
    @Override
    void close();
}
