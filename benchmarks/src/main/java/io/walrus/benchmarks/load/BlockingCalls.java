package io.walrus.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// One request at a time, for what is set up before a measurement.
final class BlockingCalls implements AutoCloseable {
    private final Wire wire;
    private final SocketChannel channel;
    private ByteBuffer in = ByteBuffer.allocate(64 * 1024);

    BlockingCalls(Wire wire, InetSocketAddress address) throws IOException {
        this.wire = wire;
        channel = SocketChannel.open(address);
    }

    /// The reply with all that frames it.
    String call(byte[] request) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(request);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        in.clear();
        while (true) {
            if (!in.hasRemaining()) {
                in = ByteBuffer.allocate(in.capacity() * 2).put(in.flip());
            }
            if (channel.read(in) < 0) {
                throw new EOFException("the server closed the connection");
            }
            ByteBuffer view = in.duplicate().flip();
            if (wire.skipReply(view) != Wire.Found.INCOMPLETE) {
                return StandardCharsets.UTF_8.decode(view.flip()).toString().strip();
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
