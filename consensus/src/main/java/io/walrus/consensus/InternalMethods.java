package io.walrus.consensus;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.ratis.thirdparty.io.grpc.Drainable;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor.MethodType;

/// The methods of the internal service. The version is part of the service's name, so that nodes of different versions
/// can offer both for the time of an upgrade.
final class InternalMethods {
    static final String SERVICE = "walrus.v1.Internal";

    /// How much a receiver lets a sender send ahead, by stream and by connection; several of the largest batches.
    static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;

    /// How much may be unsent while a stream still counts as ready.
    static final int READY_THRESHOLD_BYTES = 1 << 20;

    static final MethodDescriptor<byte[], byte[]> PROPOSE = method("Propose", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> ASK = method("Ask", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> JOIN = method("Join", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> REMOVE = method("Remove", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> STREAM = method("Stream", MethodType.BIDI_STREAMING);

    private InternalMethods() {}

    /// A message the other side would not take ends the stream there; say so where it comes from.
    static void checkLength(byte[] message) {
        if (message.length > PeerStream.MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException(
                    "a message of " + message.length + " bytes, more than " + PeerStream.MAX_MESSAGE_BYTES);
        }
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(new BytesMarshaller())
                .setResponseMarshaller(new BytesMarshaller())
                .build();
    }

    private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new DrainableBytes(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                // What gRPC hands over knows its length, and says it here.
                byte[] bytes = new byte[stream.available()];
                int length = stream.readNBytes(bytes, 0, bytes.length);
                if (length != bytes.length || stream.read() >= 0) {
                    throw new IOException("a message of another length than announced");
                }
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// gRPC copies a stream that can drain itself once, and any other in small pieces.
    private static final class DrainableBytes extends ByteArrayInputStream implements Drainable {
        DrainableBytes(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int length = available();
            target.write(buf, pos, length);
            pos += length;
            return length;
        }
    }
}
