package io.walrus.consensus;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor.MethodType;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The service beside Raft on the same port: bytes in, bytes out. The version is part of the service's name, so that
/// nodes of different versions can offer both for the time of an upgrade.
final class InternalService implements AutoCloseable {
    static final int MAX_MESSAGE_BYTES = 16 << 20;
    static final int MAX_CALLS_UNDER_WAY = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(InternalService.class);
    private static final String SERVICE = "walrus.v1.Internal";

    static final MethodDescriptor<byte[], byte[]> CALL = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Call"))
            .setRequestMarshaller(new BytesMarshaller())
            .setResponseMarshaller(new BytesMarshaller())
            .build();

    private final InternalHandler handler;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("internal-call-", 0).factory());
    private final Semaphore places = new Semaphore(MAX_CALLS_UNDER_WAY);

    InternalService(InternalHandler handler) {
        this.handler = handler;
    }

    ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(CALL, ServerCalls.asyncUnaryCall(this::call))
                .build();
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

    private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
