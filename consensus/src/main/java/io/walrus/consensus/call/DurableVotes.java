package io.walrus.consensus.call;

import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a vote leave this node only once it is durable. Ratis has written the vote by then, but the name of its file
/// may not be on the disk yet.
public final class DurableVotes implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(DurableVotes.class);

    private static final String VOTE =
            RaftServerProtocolServiceGrpc.getRequestVoteMethod().getFullMethodName();

    /// Makes all votes so far durable. Blocks.
    @FunctionalInterface
    public interface Force {
        void force() throws IOException;
    }

    private final Force force;

    public DurableVotes(Force force) {
        this.force = force;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        boolean isVote = VOTE.equals(call.getMethodDescriptor().getFullMethodName());
        return next.startCall(isVote ? new VotingCall<>(call, force) : call, headers);
    }

    private static final class VotingCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final Force force;

        VotingCall(ServerCall<Q, R> call, Force force) {
            super(call);
            this.force = force;
        }

        @Override
        public void sendMessage(R message) {
            if (message instanceof RequestVoteReplyProto reply
                    && reply.getServerReply().getSuccess()) {
                try {
                    force.force();
                } catch (IOException e) {
                    LOG.warn("A vote can't be made durable, so it is not given: {}", e.getMessage());
                    throw Status.INTERNAL
                            .withDescription("the vote is not durable")
                            .asRuntimeException();
                }
            }
            super.sendMessage(message);
        }
    }
}
