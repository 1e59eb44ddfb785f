package io.walrus.client;

import io.walrus.protocol.Frames;
import io.walrus.protocol.Reply;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One connection to a node. Requests are gathered until [#flush], so that many leave in one write; replies come in the
/// order of the requests. One thread may send while another receives.
public final class Connection implements Closeable {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MAX_REPLY_BYTES = 256 << 20;
    private static final byte[] PUT = "PUT ".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;

    private Connection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        this.out = socket.getOutputStream();
    }

    /// Connects to a node's client port.
    ///
    /// @throws IOException if there is none, or it doesn't answer within `timeout`
    public static Connection open(String host, int port, Duration timeout) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            return new Connection(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// Adds a request of any kind, as text.
    public void send(String command) throws IOException {
        byte[] body = command.getBytes(StandardCharsets.UTF_8);
        begin(body.length);
        add(body, 0, body.length);
    }

    /// Adds a PUT of `length` bytes of `payload`.
    public void sendPut(byte[] topic, byte[] payload, int from, int length) throws IOException {
        begin(PUT.length + topic.length + 1 + length);
        add(PUT, 0, PUT.length);
        add(topic, 0, topic.length);
        add(new byte[] {' '}, 0, 1);
        add(payload, from, length);
    }

    /// Sends what was added.
    public void flush() throws IOException {
        out.write(buffer, 0, buffered);
        buffered = 0;
    }

    /// Waits for the next reply.
    ///
    /// @throws EOFException if the node closed the connection
    public Reply receive() throws IOException {
        byte[] header = exactly(Frames.HEADER_BYTES);
        long bodyBytes = Frames.bodyBytes(ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN), 0);
        if (bodyBytes > MAX_REPLY_BYTES) {
            throw new IOException("this is no Walrus node: its reply claims to have " + bodyBytes + " bytes");
        }
        Reply reply = Reply.parse(ByteBuffer.wrap(exactly((int) bodyBytes)));
        if (reply == null) {
            throw new IOException("this is no Walrus node: its reply can't be read");
        }
        return reply;
    }

    /// Sends one request and waits for its reply.
    public Reply ask(String command) throws IOException {
        send(command);
        flush();
        return receive();
    }

    /// Closes the connection. A request without a reply may have been carried out.
    @Override
    public void close() throws IOException {
        socket.close();
    }

    private byte[] exactly(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("the node closed the connection");
        }
        return read;
    }

    private void begin(int bodyBytes) throws IOException {
        byte[] header = new byte[Frames.HEADER_BYTES];
        Frames.putHeader(ByteBuffer.wrap(header), bodyBytes);
        add(header, 0, header.length);
    }

    private void add(byte[] bytes, int from, int length) throws IOException {
        if (length > buffer.length - buffered) {
            flush();
        }
        if (length > buffer.length) {
            out.write(bytes, from, length);
        } else {
            System.arraycopy(bytes, from, buffer, buffered, length);
            buffered += length;
        }
    }
}
