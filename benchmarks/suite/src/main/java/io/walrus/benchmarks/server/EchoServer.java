package io.walrus.benchmarks.server;

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
    /// Far more than a frame.
    private static final int BUFFER_BYTES = 512 * 1024;

    private final ByteBuffer acknowledgement = new Reply.Ok(null).frame();
    private final ByteBuffer state = ok("{\"current_segment\":1}");
    private final ByteBuffer entry;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

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
            if (key.attachment() instanceof ByteBuffer in) {
                serve((SocketChannel) key.channel(), in);
            } else {
                SocketChannel channel = listener.accept();
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channel.register(key.selector(), SelectionKey.OP_READ, ByteBuffer.allocateDirect(BUFFER_BYTES));
            }
        } catch (IOException _) {
            // The client left, which ends this connection and nothing else.
            key.cancel();
            out.clear();
        }
    }

    private void serve(SocketChannel channel, ByteBuffer in) throws IOException {
        if (channel.read(in) < 0) {
            channel.close();
            return;
        }
        in.flip();
        while (in.remaining() >= Frames.HEADER_BYTES
                && in.remaining() >= Frames.HEADER_BYTES + Frames.bodyBytes(in, in.position())) {
            if (out.remaining() < entry.capacity()) {
                send(channel);
            }
            int body = in.position() + Frames.HEADER_BYTES;
            ByteBuffer reply =
                    switch (in.get(body)) {
                        case 'P', 'R' -> acknowledgement;
                        case 'S' -> state;
                        default -> entry;
                    };
            out.put(reply.duplicate());
            in.position(body + (int) Frames.bodyBytes(in, in.position()));
        }
        in.compact();
        send(channel);
    }

    /// Until all is sent: a client reads whatever it has asked for.
    private void send(SocketChannel channel) throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }
}
