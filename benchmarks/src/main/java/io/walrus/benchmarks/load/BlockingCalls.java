package io.walrus.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One request at a time, for what is set up before a measurement.
final class BlockingCalls implements AutoCloseable {
    private static final int TIMEOUT_MS = 60_000;

    private final Wire wire;
    private final Socket socket = new Socket();
    private ByteBuffer in = ByteBuffer.allocate(64 * 1024);

    BlockingCalls(Wire wire, InetSocketAddress address) throws IOException {
        this.wire = wire;
        socket.connect(address, TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
    }

    /// The reply with all that frames it.
    String call(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        in.clear();
        while (true) {
            if (!in.hasRemaining()) {
                in = ByteBuffer.allocate(in.capacity() * 2).put(in.flip());
            }
            int read = socket.getInputStream().read(in.array(), in.position(), in.remaining());
            if (read < 0) {
                throw new EOFException("the server closed the connection");
            }
            in.position(in.position() + read);
            ByteBuffer view = in.duplicate().flip();
            if (wire.skipReply(view) != Wire.Found.INCOMPLETE) {
                return StandardCharsets.UTF_8.decode(view.flip()).toString().strip();
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
