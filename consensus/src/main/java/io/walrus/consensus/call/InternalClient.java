package io.walrus.consensus.call;

import io.walrus.consensus.call.InternalCallException.Kind;
import io.walrus.transport.HostPort;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.handler.codec.http2.Http2Exception;

/// Calls another node. Connects with the first call, and again after a broken connection. Thread-safe.
public final class InternalClient implements AutoCloseable {
    private final String address;
    private final Supplier<ManagedChannel> channels;
    private final Object lock = new Object();
    private ManagedChannel channel;
    private boolean failed;
    private boolean closed;

    /// A client of the node whose `--raft-port` this is.
    public InternalClient(String host, int port) {
        address = new HostPort(host, port).toString();
        channels = () -> NettyChannelBuilder.forAddress(host, port)
                .usePlaintext()
                // Raft's messages take none either, and a proxy would answer in the node's place.
                .proxyDetector(_ -> null)
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(InternalMethods.MAX_CALL_BYTES)
                .build();
        channel = channels.get();
    }

    /// A client of the node at a Raft address.
    ///
    /// @param address `host:port`
    /// @throws IllegalArgumentException if it is none that can be connected to
    static InternalClient of(String address) {
        HostPort node = HostPort.parse(address);
        return new InternalClient(node.host(), node.port());
    }

    /// Sends one call. The future completes within the timeout, on a network thread that must not be blocked; it fails
    /// with an [InternalCallException] only.
    public CompletableFuture<byte[]> call(MethodDescriptor<byte[], byte[]> method, byte[] request, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(channel().newCall(method, options), request, new Answer(answer));
        return answer;
    }

    /// After a failure a gRPC channel refuses calls for up to two minutes before it connects again. Callers choose
    /// their own pace of retries, so the next call gets a new channel.
    private ManagedChannel channel() {
        ManagedChannel givenUp = null;
        ManagedChannel usable;
        synchronized (lock) {
            if (failed && !closed) {
                givenUp = channel;
                channel = channels.get();
                failed = false;
            }
            usable = channel;
        }
        // It may call back.
        if (givenUp != null) {
            givenUp.shutdown();
        }
        return usable;
    }

    /// Ends calls under way with [Kind#UNKNOWN].
    @Override
    public void close() {
        ManagedChannel last;
        synchronized (lock) {
            closed = true;
            last = channel;
        }
        last.shutdownNow();
    }

    private InternalCallException translated(Status status) {
        if (status.getCode() == Status.Code.UNAVAILABLE) {
            synchronized (lock) {
                failed = true;
            }
        }
        String detail = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case CANCELLED -> new InternalCallException(Kind.UNKNOWN, "lost the connection to " + address);
            case FAILED_PRECONDITION, RESOURCE_EXHAUSTED, UNIMPLEMENTED ->
                new InternalCallException(Kind.REFUSED, address + " refused: " + detail);
            case DEADLINE_EXCEEDED -> new InternalCallException(Kind.UNKNOWN, "no answer from " + address + " in time");
            case UNAVAILABLE ->
                isCausedBy(status, cause -> cause instanceof ConnectException || cause instanceof UnknownHostException)
                        ? new InternalCallException(Kind.UNREACHABLE, "cannot connect to " + address)
                        : new InternalCallException(Kind.UNKNOWN, "lost the connection to " + address);
            case INTERNAL ->
                isCausedBy(status, Http2Exception.class::isInstance)
                        ? new InternalCallException(Kind.UNKNOWN, address + " is not the raft port of a node")
                        : new InternalCallException(Kind.UNKNOWN, "call to " + address + " failed: " + detail);
            default -> new InternalCallException(Kind.UNKNOWN, "call to " + address + " failed: " + detail);
        };
    }

    private static boolean isCausedBy(Status status, Predicate<Throwable> what) {
        return Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause)
                .anyMatch(what);
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
