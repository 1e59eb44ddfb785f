package io.walrus.benchmarks.compare;

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
final class RespClient implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    RespClient(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    }

    /// A reply: text, bytes, or a list of replies; an empty list for none.
    sealed interface Reply {
        record Text(String text) implements Reply {}

        record Bytes(ByteBuffer bytes) implements Reply {}

        record Many(List<Reply> replies) implements Reply {}
    }

    Reply call(Object... words) throws IOException {
        send(words);
        flush();
        return receive();
    }

    /// Puts a request into the buffer, to be sent with [#flush].
    ///
    /// @param words byte arrays, and what is sent as its text
    void send(Object... words) throws IOException {
        line("*" + words.length);
        for (Object word : words) {
            byte[] bytes =
                    word instanceof byte[] given ? given : word.toString().getBytes(StandardCharsets.UTF_8);
            line("$" + bytes.length);
            out.write(bytes);
            line("");
        }
    }

    void flush() throws IOException {
        out.flush();
    }

    private void line(String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    Reply receive() throws IOException {
        String head = line();
        String rest = head.substring(1);
        return switch (head.charAt(0)) {
            case '-' -> throw new IOException("Redis: " + rest);
            case '$' -> bytes(Integer.parseInt(rest));
            case '*' -> many(Integer.parseInt(rest));
            default -> new Reply.Text(rest);
        };
    }

    private Reply bytes(int length) throws IOException {
        if (length < 0) {
            return new Reply.Many(List.of());
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        in.skipNBytes(2);
        return new Reply.Bytes(ByteBuffer.wrap(bytes));
    }

    private Reply many(int count) throws IOException {
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replies.add(receive());
        }
        return new Reply.Many(replies);
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
