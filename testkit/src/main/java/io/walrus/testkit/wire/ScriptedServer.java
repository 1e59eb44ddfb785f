package io.walrus.testkit.wire;

import io.walrus.protocol.Frames;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A server that does with each connection what a test says, and remembers what it was asked.
public final class ScriptedServer implements Closeable {
    /// What happens on a connection; it is closed at the end.
    @FunctionalInterface
    public interface Script {
        void run(Peer peer) throws IOException;
    }

    /// The server's end of a connection.
    public final class Peer {
        private final InputStream in;
        private final OutputStream out;

        private Peer(Socket socket) throws IOException {
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        /// The next request, which is remembered; null at the end.
        @Nullable
        public String request() throws IOException {
            byte[] body = body();
            if (body == null) {
                return null;
            }
            String request = new String(body, StandardCharsets.UTF_8);
            requests.add(request);
            return request;
        }

        public void reply(String body) throws IOException {
            raw(Frames.of(body.getBytes(StandardCharsets.UTF_8)));
        }

        private byte @Nullable [] body() throws IOException {
            try {
                return Frames.read(in, Integer.MAX_VALUE);
            } catch (EOFException _) {
                return null;
            }
        }

        public void raw(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        /// Takes requests until the client has had enough, and answers none.
        public void neverReply() throws IOException {
            String request = request();
            while (request != null) {
                request = request();
            }
        }

        /// Answers each request so.
        public void replyToAll(String body) throws IOException {
            while (request() != null) {
                reply(body);
            }
        }

        /// Waits until the client has closed its end.
        public void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // What it still says doesn't matter.
            }
        }
    }

    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /// Serves its first connection with the first script and so on, all further ones with the last.
    public ScriptedServer(Script... scripts) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(scripts));
    }

    private void accept(Script[] scripts) {
        for (int i = 0; ; i++) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Script script = scripts[Math.min(i, scripts.length - 1)];
                Thread.ofVirtual().start(() -> serve(socket, script));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket, Script script) {
        try (socket) {
            script.run(new Peer(socket));
        } catch (IOException _) {
            // The client went first.
        }
    }

    /// Where it listens, on the loopback address.
    public int port() {
        return listener.getLocalPort();
    }

    /// All requests so far, of all connections.
    public List<String> requests() {
        return requests;
    }

    /// Takes no more connections; those there are go on.
    public void listenNoMore() throws IOException {
        listener.close();
    }

    public int connections() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
