package io.walrus.benchmarks.load;

import io.walrus.protocol.Frames;
import io.walrus.protocol.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// Answers each frame of Walrus' protocol at once and keeps nothing: what is left is the cost of the network path, the
/// bound for a node on the same machine. One thread serves all connections.
///
/// PUT and REGISTER are answered `OK`, STATE with a segment number, the others with an entry of a fixed size.
public final class EchoServer {
    private static final int BACKLOG = 1024;
    private static final int BUFFER_BYTES = 512 * 1024;

    private final ByteBuffer acknowledgement = new Reply.Ok(null).frame();
    private final ByteBuffer state = ok("{\"current_segment\":1}");
    private final ByteBuffer entry;

    private EchoServer(int payloadBytes) {
        entry = ok("x".repeat(payloadBytes));
    }

    private static ByteBuffer ok(String payload) {
        return new Reply.Ok(ByteBuffer.wrap(payload.getBytes(StandardCharsets.US_ASCII))).frame();
    }

    /// `EchoServer PORT PAYLOAD_BYTES`: serves until it is killed.
    public static void main(String[] arguments) throws IOException {
        EchoServer server = new EchoServer(Integer.parseInt(arguments[1]));
        try (ServerSocketChannel listener = ServerSocketChannel.open();
                Selector selector = Selector.open()) {
            listener.bind(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), BACKLOG);
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            while (true) {
                selector.select(key -> server.ready(key, listener));
            }
        }
    }

    private void ready(SelectionKey key, ServerSocketChannel listener) {
        try {
            if (key.attachment() instanceof Caller caller) {
                caller.serve(key);
            } else {
                SocketChannel channel = listener.accept();
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channel.register(key.selector(), SelectionKey.OP_READ, new Caller(channel));
            }
        } catch (IOException _) {
            // The client left, which ends this connection and nothing else.
            key.cancel();
        }
    }

    private final class Caller {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private long skipBytes;

        Caller(SocketChannel channel) {
            this.channel = channel;
        }

        void serve(SelectionKey key) throws IOException {
            if (out.position() == 0 && channel.read(in) < 0) {
                channel.close();
                return;
            }
            boolean answered = true;
            while (answered && out.position() < out.capacity() / 2) {
                answered = false;
                in.flip();
                while (answerOne()) {
                    answered = true;
                }
                in.compact();
                out.flip();
                channel.write(out);
                out.compact();
            }
            key.interestOps(out.position() > 0 ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        private boolean answerOne() {
            int skip = (int) Math.min(skipBytes, in.remaining());
            in.position(in.position() + skip);
            skipBytes -= skip;
            if (in.remaining() <= Frames.HEADER_BYTES || out.remaining() < entry.capacity()) {
                return false;
            }
            skipBytes = Frames.bodyBytes(in, in.position());
            in.position(in.position() + Frames.HEADER_BYTES);
            ByteBuffer reply =
                    switch (in.get(in.position())) {
                        case 'P', 'R' -> acknowledgement;
                        case 'S' -> state;
                        default -> entry;
                    };
            out.put(reply.duplicate());
            return true;
        }
    }
}
