package io.walrus.consensus.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

/// Votes on their way out of the node.
class DurableVotesTest {
    private final List<String> events = new ArrayList<>();

    @Test
    void aVoteLeavesOnceItIsDurable() {
        answer(true, () -> events.add("forced"));
        assertThat(events).containsExactly("forced", "sent");
    }

    @Test
    void aRefusalIsNoVote() {
        answer(false, () -> events.add("forced"));
        assertThat(events).containsExactly("sent");
    }

    @Test
    void aVoteThatIsNotDurableStays() {
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> answer(true, () -> {
                    throw new IOException("no disk");
                }));
        assertThat(events).isEmpty();
    }

    private void answer(boolean isGranted, DurableVotes.Force force) {
        RequestVoteReplyProto reply = RequestVoteReplyProto.newBuilder()
                .setServerReply(RaftRpcReplyProto.newBuilder().setSuccess(isGranted))
                .build();
        var _ = new DurableVotes(force).interceptCall(new Call(), new Metadata(), (call, _) -> {
            call.sendMessage(reply);
            return new ServerCall.Listener<>() {};
        });
    }

    private final class Call extends ServerCall<RequestVoteRequestProto, RequestVoteReplyProto> {
        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(RequestVoteReplyProto message) {
            events.add("sent");
        }

        @Override
        public void close(Status status, Metadata trailers) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<RequestVoteRequestProto, RequestVoteReplyProto> getMethodDescriptor() {
            return RaftServerProtocolServiceGrpc.getRequestVoteMethod();
        }
    }
}
