package io.walrus.consensus.raft;

import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.consensus.ProposalOutcome.NotProposed;
import io.walrus.consensus.ProposalOutcome.Unknown;
import io.walrus.consensus.call.Attempt;
import io.walrus.metadata.MalformedException;
import io.walrus.metadata.ResultCodec;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proposes commands on this node, while it leads.
public final class LocalProposals {
    private static final Logger LOG = LoggerFactory.getLogger(LocalProposals.class);

    private final MetadataGroup group;
    private final ClientId proposer = ClientId.randomId();

    public LocalProposals(MetadataGroup group) {
        this.group = group;
    }

    /// The future never fails. It stays open for as long as this node leads without a majority.
    ///
    /// @param command as in the log
    public CompletableFuture<Attempt> submit(byte[] command) {
        if (!group.leads()) {
            return CompletableFuture.completedFuture(new Attempt.Again("this node does not lead the metadata group"));
        }
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(proposer)
                .setServerId(group.server().getId())
                .setGroupId(group.id())
                .setCallId(CallId.getAndIncrement())
                .setMessage(Message.valueOf(ByteString.copyFrom(command)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
        try {
            return group.server().submitClientRequestAsync(request).handle(LocalProposals::attempt);
        } catch (IOException | IllegalStateException e) {
            return CompletableFuture.completedFuture(failed(e));
        }
    }

    private static Attempt attempt(@Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (reply != null && reply.isSuccess()) {
            return new Attempt.Over(committed(reply));
        }
        return failed(reply == null ? failure : reply.getException());
    }

    /// Ratis gives a reason in the reply, in place of the reply, or throws it.
    static Attempt failed(@Nullable Throwable failure) {
        Throwable exception = failure instanceof CompletionException ? Failures.root(failure) : failure;
        return switch (exception) {
            // These come before anything is appended. Not leading any more may come after it.
            case LeaderNotReadyException _ -> new Attempt.Again("the metadata leader is not ready yet");
            case LeaderSteppingDownException _ -> new Attempt.Again("the metadata leader is stepping down");
            case ResourceUnavailableException full
            when isBeforeAppend(full) -> new Attempt.Again("the metadata leader has too many proposals under way");
            case ServerNotReadyException _ -> new Attempt.Again("the metadata group is not running on its leader");
            case NotLeaderException _ -> new Attempt.Over(new Unknown("the metadata leader changed"));
            case StateMachineException refused
            when refused.getCause() instanceof MalformedException ->
                new Attempt.Over(new NotProposed(Failures.line(refused)));
            case null -> new Attempt.Over(new Unknown("the metadata group gave no reason"));
            default -> {
                LOG.debug("A proposal failed", exception);
                yield new Attempt.Over(new Unknown("the metadata leader failed to say what became of it"));
            }
        };
    }

    /// Ratis looks for a place first, appends the command, and then puts it into that place, where it fails if the
    /// leader is stepping down. Only the text tells the one failure from the other.
    private static boolean isBeforeAppend(ResourceUnavailableException full) {
        return String.valueOf(full.getMessage()).contains("Failed to acquire");
    }

    private static ProposalOutcome committed(RaftClientReply reply) {
        try {
            return new Committed(
                    reply.getLogIndex(),
                    ResultCodec.decode(reply.getMessage().getContent().toByteArray()));
        } catch (MalformedException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
    }
}
