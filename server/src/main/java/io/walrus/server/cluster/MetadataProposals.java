package io.walrus.server.cluster;

import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.RemoveOutcome;
import io.walrus.metadata.Command;
import io.walrus.node.port.MetadataPort;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/// What the node asks of the replicated metadata. What is applied comes back through [MetadataFeed].
///
/// Called with the node's lock held, and so never waits. Replies are told on a thread of their own, `proposals`, since
/// they take that lock. An exception there is the thread's own: no future keeps it.
final class MetadataProposals implements MetadataPort {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Executor replies = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("proposals").daemon().factory());
    private final MetadataLog raft;

    MetadataProposals(MetadataLog raft) {
        this.raft = raft;
    }

    @Override
    public void propose(Command command, ProposalReply reply) {
        var _ = raft.propose(command, TIMEOUT)
                .thenAccept(outcome -> replies.execute(() -> {
                    switch (outcome) {
                        case ProposalOutcome.Committed committed -> reply.applied(committed.result());
                        case ProposalOutcome.NotProposed(String reason) -> reply.notProposed(reason);
                        case ProposalOutcome.Unknown(String reason) -> reply.unknown(reason);
                    }
                }));
    }

    @Override
    public boolean leads() {
        return raft.leads();
    }

    @Override
    public long leaderId() {
        return raft.leaderId();
    }

    @Override
    public void yieldLead() {
        var _ = raft.transferLeadership(TIMEOUT);
    }

    @Override
    public boolean isMember(long nodeId) {
        return raft.status().voters().contains(nodeId);
    }

    @Override
    public void removeMember(long nodeId, RemovalReply reply) {
        var _ = raft.removeMember(nodeId, TIMEOUT)
                .thenAccept(outcome -> replies.execute(() -> {
                    switch (outcome) {
                        case RemoveOutcome.Removed _ -> reply.removed();
                        case RemoveOutcome.Refused(String reason) -> reply.refused(reason);
                        case RemoveOutcome.NotYet(String reason) -> reply.notYet(reason);
                    }
                }));
    }
}
