package io.walrus.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Answers each frame of Walrus' protocol at once and keeps nothing: what is left is the cost of the network path, the
/// bound for a node on the same machine.
///
/// PUT and REGISTER are answered `OK`, STATE with a segment number, the others with an entry of a fixed size.
public final class EchoServer {
    private static final int HEADER_BYTES = 4;
    private static final int BUFFER_BYTES = 256 * 1024;

    private final byte[] acknowledgement = frame("OK");
    private final byte[] state = frame("OK {\"current_segment\":1}");
    private final byte[] entry;

    private EchoServer(int payloadBytes) {
        entry = frame("OK " + "x".repeat(payloadBytes));
    }

    /// `EchoServer PORT THREADS PAYLOAD_BYTES`: serves until it is killed; prints its port, which 0 leaves to
    /// the system.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        EchoServer server = new EchoServer(Integer.parseInt(arguments[2]));
        ServerSocketChannel listener = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 1024);
        System.out.println(((InetSocketAddress) listener.getLocalAddress()).getPort());
        List<Loop> loops = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            Loop loop = server.new Loop();
            loops.add(loop);
            Thread.ofPlatform().name("echo-" + i).start(loop);
        }
        for (int next = 0; ; next++) {
            SocketChannel channel = listener.accept();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Loop loop = loops.get(next % loops.size());
            loop.accepted.add(channel);
            loop.selector.wakeup();
        }
    }

    private final class Loop implements Runnable {
        private final Selector selector = Selector.open();
        private final Queue<SocketChannel> accepted = new ConcurrentLinkedQueue<>();

        Loop() throws IOException {}

        @Override
        public void run() {
            try {
                while (true) {
                    selector.select(this::ready);
                    for (SocketChannel channel = accepted.poll(); channel != null; channel = accepted.poll()) {
                        channel.register(selector, SelectionKey.OP_READ, new Session(channel));
                    }
                }
            } catch (IOException e) {
                System.err.println("echo: " + e.getMessage());
                System.exit(1);
            }
        }

        private void ready(SelectionKey key) {
            Session session = (Session) key.attachment();
            try {
                if (!session.serve()) {
                    key.channel().close();
                } else {
                    key.interestOps(session.out.position() > 0 ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                }
            } catch (IOException _) {
                // The client left, which ends this connection and nothing else.
                key.cancel();
            }
        }
    }

    private final class Session {
        private final SocketChannel channel;
        private final ByteBuffer in =
                ByteBuffer.allocateDirect(2 * BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer out = ByteBuffer.allocateDirect(2 * BUFFER_BYTES);
        private long skipBytes;

        Session(SocketChannel channel) {
            this.channel = channel;
        }

        /// @return false at the end of the stream
        boolean serve() throws IOException {
            if (out.position() == 0 && channel.read(in) < 0) {
                return false;
            }
            boolean answered = true;
            while (answered) {
                answered = false;
                in.flip();
                while (answerOne()) {
                    answered = true;
                }
                in.compact();
                out.flip();
                channel.write(out);
                out.compact();
                if (out.position() > 0) {
                    break;
                }
            }
            return true;
        }

        private boolean answerOne() {
            int skip = (int) Math.min(skipBytes, in.remaining());
            in.position(in.position() + skip);
            skipBytes -= skip;
            if (in.remaining() <= HEADER_BYTES || out.remaining() < entry.length) {
                return false;
            }
            int length = in.getInt();
            byte[] reply =
                    switch (in.get(in.position())) {
                        case 'P', 'R' -> acknowledgement;
                        case 'S' -> state;
                        default -> entry;
                    };
            skipBytes = length;
            out.put(reply);
            return true;
        }
    }

    private static byte[] frame(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(HEADER_BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }
}
