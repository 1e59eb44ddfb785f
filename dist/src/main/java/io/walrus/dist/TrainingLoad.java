package io.walrus.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/// What a node serves while it is trained: every command, and enough of PUT and GET for their profiles to be of use,
/// of topics that it leads and of topics that another node leads and it follows. It speaks the client protocol in its
// plainest form, so that the build depends on no client.
final class TrainingLoad {
    private static final int TIMEOUT_MS = 5_000;
    private static final int ROUNDS = 50;
    private static final int PIPELINED = 64;
    /// So many that of two nodes each leads some.
    private static final int TOPICS = 4;

    private TrainingLoad() {}

    /// Whether a node answers on this port and leads.
    static boolean isServed(int port) {
        try (Connection connection = new Connection(port)) {
            return connection.exchange(List.of("REGISTER training")).startsWith("OK");
        } catch (IOException _) {
            return false;
        }
    }

    static void run(int port) throws IOException {
        try (Connection connection = new Connection(port)) {
            for (int topic = 0; topic < TOPICS; topic++) {
                putAndGet(connection, "training" + topic);
            }
            connection.exchange(List.of(
                    "GET training",
                    "STATE training",
                    "METRICS",
                    "FETCH training 1 0",
                    "HELP",
                    "GET nowhere",
                    "NONSENSE"));
        }
    }

    private static void putAndGet(Connection connection, String topic) throws IOException {
        List<String> puts = IntStream.range(0, PIPELINED)
                .mapToObj(number -> "PUT %s entry %d %s".formatted(topic, number, "x".repeat(1000)))
                .toList();
        List<String> gets = puts.stream().map(_ -> "GET " + topic).toList();
        connection.exchange(List.of("REGISTER " + topic));
        for (int round = 0; round < ROUNDS; round++) {
            connection.exchange(puts);
            connection.exchange(gets);
        }
    }

    private static final class Connection implements AutoCloseable {
        private final Socket socket;

        Connection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(TIMEOUT_MS);
            // Small writes would wait for acknowledgements that the other side delays.
            socket.setTcpNoDelay(true);
        }

        /// Sends all requests at once and returns the last of their replies.
        String exchange(List<String> requests) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (String request : requests) {
                byte[] body = request.getBytes(StandardCharsets.UTF_8);
                ByteBuffer frame =
                        ByteBuffer.allocate(Integer.BYTES + body.length).order(ByteOrder.LITTLE_ENDIAN);
                out.writeBytes(frame.putInt(body.length).put(body).array());
            }
            out.writeTo(socket.getOutputStream());
            InputStream in = socket.getInputStream();
            String reply = "";
            for (String _ : requests) {
                byte[] length = in.readNBytes(Integer.BYTES);
                if (length.length < Integer.BYTES) {
                    throw new IOException("the node closed the connection");
                }
                int bytes =
                        ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
                reply = new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
            }
            return reply;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
