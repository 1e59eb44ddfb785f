package io.walrus.consensus.call;

import io.walrus.consensus.call.InternalCallException.Kind;
import io.walrus.transport.tcp.TcpTransport;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallExecutorSupplier;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The calls between nodes, bytes in and bytes out, beside Raft on the same port, which channels between nodes share.
public final class InternalService implements AutoCloseable {
    /// A silent connection is asked for a sign of life after this time, and closed if none comes.
    private static final long KEEP_ALIVE_S = 30;

    private static final Logger LOG = LoggerFactory.getLogger(InternalService.class);
    private final PeerPort peers;
    private final Gate gate;
    private final DurableVotes votes;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("internal-call-", 0).factory());

    /// Set when the group runs on this node.
    private volatile @Nullable GroupCalls group;

    private final Semaphore places = new Semaphore(InternalMethods.MAX_CALLS);

    public InternalService(TcpTransport peers, Gate gate, DurableVotes votes) {
        this.peers = new PeerPort(peers);
        this.gate = gate;
        this.votes = votes;
    }

    /// Adds this service to Ratis' server. Its calls begin on network threads; Ratis chooses threads for its own calls.
    public NettyServerBuilder addTo(NettyServerBuilder server) {
        return server.protocolNegotiator(peers)
                .withChildOption(ChannelOption.RCVBUF_ALLOCATOR, TcpTransport.readSizes())
                .addService(definition())
                .intercept(votes)
                .intercept(gate)
                .callExecutor(new NetworkThreads())
                .maxInboundMessageSize(InternalMethods.MAX_CALL_BYTES)
                .keepAliveTime(KEEP_ALIVE_S, TimeUnit.SECONDS);
    }

    public Gate gate() {
        return gate;
    }

    /// Begins to answer; calls before that are refused.
    public void offer(GroupCalls calls) {
        group = calls;
    }

    private ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(InternalMethods.SERVICE)
                .addMethod(InternalMethods.PROPOSE, answering(request -> group().propose(request)))
                .addMethod(InternalMethods.ASK, answering(_ -> group().ask()))
                .addMethod(InternalMethods.JOIN, answering(request -> group().join(request)))
                .addMethod(InternalMethods.REMOVE, answering(request -> group().remove(request)))
                .build();
    }

    private GroupCalls group() throws InternalCallException {
        GroupCalls calls = group;
        if (calls == null) {
            throw new InternalCallException(Kind.REFUSED, "it is still starting");
        }
        return calls;
    }

    private ServerCallHandler<byte[], byte[]> answering(Answerer answerer) {
        return ServerCalls.asyncUnaryCall((request, reply) -> {
            if (!places.tryAcquire()) {
                refuse(reply, Status.RESOURCE_EXHAUSTED, "too many calls under way");
                return;
            }
            threads.execute(() -> {
                try {
                    answer(answerer, request, reply);
                } finally {
                    places.release();
                }
            });
        });
    }

    private static void refuse(StreamObserver<byte[]> reply, Status status, String reason) {
        reply.onError(status.withDescription(reason).asRuntimeException());
    }

    private static void answer(Answerer answerer, byte[] request, StreamObserver<byte[]> reply) {
        byte[] answer;
        try {
            answer = answerer.answer(request);
        } catch (InternalCallException e) {
            refuse(reply, Status.FAILED_PRECONDITION, String.valueOf(e.getMessage()));
            return;
        } catch (RuntimeException e) {
            LOG.error("A call of another node failed", e);
            refuse(reply, Status.INTERNAL, "the call failed there; see its log");
            return;
        }
        reply.onNext(answer);
        reply.onCompleted();
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    /// One of [GroupCalls].
    private interface Answerer {
        byte[] answer(byte[] request) throws InternalCallException;
    }

    private static final class NetworkThreads implements ServerCallExecutorSupplier {
        @Override
        public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
            boolean ours =
                    InternalMethods.SERVICE.equals(call.getMethodDescriptor().getServiceName());
            return ours ? Runnable::run : null;
        }
    }
}
