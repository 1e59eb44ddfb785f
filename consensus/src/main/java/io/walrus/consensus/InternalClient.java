package io.walrus.consensus;

import io.walrus.consensus.InternalCallException.Kind;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/// Calls another node's [InternalHandler]. Connects with the first call and again after a broken connection.
/// Thread-safe.
public final class InternalClient implements AutoCloseable {
    private final String address;
    private final ManagedChannel channel;

    /// A client of the node whose `--raft-port` this is.
    public InternalClient(String host, int port) {
        address = host + ":" + port;
        channel = NettyChannelBuilder.forAddress(host, port)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(InternalService.MAX_MESSAGE_BYTES)
                .build();
    }

    /// Sends one call. The future completes within the timeout, on a network thread that must not be blocked; it fails
    /// with an [InternalCallException] only.
    public CompletableFuture<byte[]> call(byte[] request, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(InternalService.CALL, options), request, new Answer(answer));
        return answer;
    }

    /// Ends calls under way with [Kind#UNKNOWN].
    @Override
    public void close() {
        channel.shutdownNow();
    }

    private InternalCallException translated(Throwable error) {
        Status status = Status.fromThrowable(error);
        String detail = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case FAILED_PRECONDITION, RESOURCE_EXHAUSTED, UNIMPLEMENTED ->
                new InternalCallException(Kind.REFUSED, address + " refused: " + detail);
            case DEADLINE_EXCEEDED -> new InternalCallException(Kind.UNKNOWN, "no answer from " + address + " in time");
            case UNAVAILABLE ->
                neverConnected(status)
                        ? new InternalCallException(Kind.UNREACHABLE, "cannot connect to " + address)
                        : new InternalCallException(Kind.UNKNOWN, "lost the connection to " + address);
            default -> new InternalCallException(Kind.UNKNOWN, "call to " + address + " failed: " + detail);
        };
    }

    private static boolean neverConnected(Status status) {
        for (@Nullable Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private final class Answer implements StreamObserver<byte[]> {
        private final CompletableFuture<byte[]> answer;

        Answer(CompletableFuture<byte[]> answer) {
            this.answer = answer;
        }

        @Override
        public void onNext(byte[] value) {
            answer.complete(value);
        }

        @Override
        public void onError(Throwable error) {
            answer.completeExceptionally(translated(error));
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new InternalCallException(Kind.UNKNOWN, address + " gave an empty answer"));
        }
    }
}
