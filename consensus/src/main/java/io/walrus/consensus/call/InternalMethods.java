package io.walrus.consensus.call;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor.MethodType;

/// The methods of the internal service. The version is part of the service's name, so that nodes of different versions
/// can offer both for the time of an upgrade.
public final class InternalMethods {
    static final String SERVICE = "walrus.v3.Internal";

    /// What Ratis takes on the same port.
    public static final int MAX_CALL_BYTES = 64 << 20;

    /// How many calls a node answers at a time, and how many proposals it has under way.
    public static final int MAX_CALLS = 4096;

    public static final MethodDescriptor<byte[], byte[]> PROPOSE = method("Propose");
    public static final MethodDescriptor<byte[], byte[]> ASK = method("Ask");
    public static final MethodDescriptor<byte[], byte[]> JOIN = method("Join");
    public static final MethodDescriptor<byte[], byte[]> REMOVE = method("Remove");

    private InternalMethods() {}

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(new BytesMarshaller())
                .setResponseMarshaller(new BytesMarshaller())
                .build();
    }

    private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
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
}
