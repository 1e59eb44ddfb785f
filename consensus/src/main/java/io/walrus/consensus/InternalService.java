package io.walrus.consensus;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallExecutorSupplier;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The service beside Raft on the same port: bytes in, bytes out.
final class InternalService implements AutoCloseable {
    static final int MAX_CALLS_UNDER_WAY = 1024;
    static final int MAX_STREAMS = 64;

    /// A connection that answers nothing for this long, and a while after being asked, is given up.
    private static final long KEEP_ALIVE_S = 30;

    private static final Logger LOG = LoggerFactory.getLogger(InternalService.class);
    private final InternalHandler handler;
    private final PeerStreamAcceptor acceptor;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("internal-call-", 0).factory());
    private final Semaphore places = new Semaphore(MAX_CALLS_UNDER_WAY);
    private final Semaphore streams = new Semaphore(MAX_STREAMS);

    InternalService(InternalHandler handler, PeerStreamAcceptor acceptor) {
        this.handler = handler;
        this.acceptor = acceptor;
    }

    /// Adds this service to Ratis' server. Its methods run on the network threads, Ratis' own where Ratis wants them.
    NettyServerBuilder addTo(NettyServerBuilder server) {
        return server.addService(definition())
                .callExecutor(new NetworkThreads())
                .maxInboundMessageSize(PeerStream.MAX_MESSAGE_BYTES)
                .flowControlWindow(InternalMethods.FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE_S, TimeUnit.SECONDS);
    }

    private ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(InternalMethods.SERVICE)
                .addMethod(InternalMethods.CALL, ServerCalls.asyncUnaryCall(this::call))
                .addMethod(InternalMethods.STREAM, this::stream)
                .build();
    }

    private ServerCall.Listener<byte[]> stream(ServerCall<byte[], byte[]> call, Metadata headers) {
        if (streams.tryAcquire()) {
            return new AcceptedStream(call, acceptor, streams::release);
        }
        call.close(Status.RESOURCE_EXHAUSTED.withDescription("too many streams are open"), new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private void call(byte[] request, StreamObserver<byte[]> reply) {
        if (!places.tryAcquire()) {
            reply.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("too many calls under way")
                    .asRuntimeException());
            return;
        }
        threads.execute(() -> {
            try {
                answer(request, reply);
            } finally {
                places.release();
            }
        });
    }

    private void answer(byte[] request, StreamObserver<byte[]> reply) {
        byte[] answer;
        try {
            answer = handler.handle(request);
        } catch (InternalCallException e) {
            reply.onError(
                    Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException());
            return;
        } catch (RuntimeException e) {
            LOG.error("A call of another node failed", e);
            reply.onError(Status.INTERNAL
                    .withDescription("the call failed there; see its log")
                    .asRuntimeException());
            return;
        }
        reply.onNext(answer);
        reply.onCompleted();
    }

    @Override
    public void close() {
        threads.shutdown();
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
