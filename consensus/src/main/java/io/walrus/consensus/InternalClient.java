package io.walrus.consensus;

import io.walrus.consensus.InternalCallException.Kind;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/// Calls another node's [InternalHandler] and opens streams to its [PeerStreamAcceptor]. Connects when first needed
/// and again after a broken connection. Thread-safe.
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
                .maxInboundMessageSize(PeerStream.MAX_MESSAGE_BYTES)
                .flowControlWindow(InternalMethods.FLOW_CONTROL_WINDOW_BYTES)
                .build();
    }

    /// A client of the node at a Raft address.
    ///
    /// @param address `host:port`
    static InternalClient of(String address) {
        int colon = address.lastIndexOf(':');
        return new InternalClient(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /// Sends one call. The future completes within the timeout, on a network thread that must not be blocked; it fails
    /// with an [InternalCallException] only.
    public CompletableFuture<byte[]> call(byte[] request, Duration timeout) {
        return call(InternalMethods.CALL, request, timeout);
    }

    CompletableFuture<byte[]> call(MethodDescriptor<byte[], byte[]> method, byte[] request, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
        forgetFailure();
        ClientCalls.asyncUnaryCall(channel.newCall(method, options), request, new Answer(answer));
        return answer;
    }

    /// Opens a stream, connecting first if need be: what fails is told to the listener as the end of the stream.
    public PeerStream openStream(PeerStreamListener listener) {
        forgetFailure();
        return DialledStream.open(
                channel, listener, status -> String.valueOf(translated(status).getMessage()));
    }

    /// After a failure gRPC refuses everything for up to two minutes, in which it does not try again; the pace of
    /// retrying is the caller's to choose.
    private void forgetFailure() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.enterIdle();
        }
    }

    /// Ends calls under way with [Kind#UNKNOWN].
    @Override
    public void close() {
        channel.shutdownNow();
    }

    private InternalCallException translated(Status status) {
        String detail = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case CANCELLED -> new InternalCallException(Kind.UNKNOWN, "lost the connection to " + address);
            case ABORTED -> new InternalCallException(Kind.UNKNOWN, address + " ended the stream: " + detail);
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
            answer.completeExceptionally(translated(Status.fromThrowable(error)));
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new InternalCallException(Kind.UNKNOWN, address + " gave an empty answer"));
        }
    }
}
