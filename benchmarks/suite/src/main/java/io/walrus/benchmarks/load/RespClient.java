package io.walrus.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Redis' protocol. One thread may send while another one receives.
public final class RespClient implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    public RespClient(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    }

    /// A reply: text, bytes, or a list of replies; an empty list for none.
    public sealed interface Value {
        record Text(String text) implements Value {}

        record Bytes(ByteBuffer bytes) implements Value {}

        record Many(List<Value> replies) implements Value {}
    }

    public Value call(Object... words) throws IOException {
        send(words);
        flush();
        return receive();
    }

    /// Puts a request into the buffer, to be sent with [#flush].
    ///
    /// @param words byte arrays, and what is sent as its text
    public void send(Object... words) throws IOException {
        line("*" + words.length);
        for (Object word : words) {
            byte[] bytes =
                    word instanceof byte[] given ? given : word.toString().getBytes(StandardCharsets.UTF_8);
            line("$" + bytes.length);
            out.write(bytes);
            line("");
        }
    }

    public void flush() throws IOException {
        out.flush();
    }

    private void line(String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    public Value receive() throws IOException {
        String head = line();
        String rest = head.substring(1);
        return switch (head.charAt(0)) {
            case '-' -> throw new Refusal("Redis: " + rest);
            case '$' -> bytes(Integer.parseInt(rest));
            case '*' -> many(Integer.parseInt(rest));
            default -> new Value.Text(rest);
        };
    }

    /// Redis said that it does not do what was asked.
    static final class Refusal extends IOException {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }

    private Value bytes(int length) throws IOException {
        if (length < 0) {
            return new Value.Many(List.of());
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        in.skipNBytes(2);
        return new Value.Bytes(ByteBuffer.wrap(bytes));
    }

    private Value many(int count) throws IOException {
        List<Value> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replies.add(receive());
        }
        return new Value.Many(replies);
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("Redis closed the connection");
            }
            text.append((char) next);
        }
        in.skipNBytes(1);
        return text.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // It is closed all the same.
        }
    }
}
