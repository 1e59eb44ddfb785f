package io.walrus.testkit.process;

import io.walrus.protocol.Frames;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A connection to a node's client port that keeps to no rule its user doesn't keep to: whatever bytes one wants, as
/// many requests under way as one likes, replies read when one feels like it.
///
/// One thread may send while another receives.
public final class Wire implements AutoCloseable {
    private static final int TIMEOUT_MS = 60_000;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int MAX_REPLY_BYTES = 256 << 20;

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    }

    public static Wire to(int port) throws IOException {
        return to(loopback(port));
    }

    public static Wire to(InetSocketAddress address) throws IOException {
        return connected(new Socket(), address);
    }

    /// A connection whose own side of the network holds only so many bytes that it hasn't read.
    public static Wire withReceiveBuffer(int port, int bytes) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(bytes);
        return connected(socket, loopback(port));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Wire connected(Socket socket, InetSocketAddress address) throws IOException {
        try {
            socket.connect(address, TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            return new Wire(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// The bytes of a request's body, `PUT topic payload`.
    public static byte[] put(String topic, byte[] payload) {
        byte[] start = utf8("PUT " + topic + " ");
        byte[] body = new byte[start.length + payload.length];
        System.arraycopy(start, 0, body, 0, start.length);
        System.arraycopy(payload, 0, body, start.length, payload.length);
        return body;
    }

    /// A whole frame: the body behind its length.
    public static byte[] frame(byte[] body) {
        return ByteBuffer.allocate(Frames.HEADER_BYTES + body.length)
                .put(header(body.length))
                .put(body)
                .array();
    }

    /// The four bytes that announce a body of that length.
    public static byte[] header(long bodyBytes) {
        ByteBuffer header = ByteBuffer.allocate(Frames.HEADER_BYTES);
        Frames.putHeader(header, (int) bodyBytes);
        return header.array();
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public Wire send(String request) throws IOException {
        return send(utf8(request));
    }

    public Wire send(byte[] body) throws IOException {
        out.write(header(body.length));
        out.write(body);
        return this;
    }

    /// Sends bytes as they are, at once.
    public Wire raw(byte[] bytes) throws IOException {
        out.write(bytes);
        return flush();
    }

    public Wire flush() throws IOException {
        out.flush();
        return this;
    }

    /// The next reply; waits for it.
    public WireReply reply() throws IOException {
        return new WireReply(bytes(bodyBytes()));
    }

    public WireReply ask(String request) throws IOException {
        return ask(utf8(request));
    }

    public WireReply ask(byte[] body) throws IOException {
        send(body).flush();
        return reply();
    }

    /// Asks for something that is to be answered with nothing but `OK`.
    public void done(String request) throws IOException {
        ask(request).requireOk();
    }

    /// Waits until the node has closed the connection, having sent nothing more.
    public void awaitClosed() {
        try {
            if (in.read() >= 0) {
                throw new AssertionError("the node sends more instead of closing the connection");
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the node keeps the connection open", e);
        } catch (IOException _) {
            // A reset closes as well: the node had not read all that was sent.
        }
    }

    /// Says that nothing more will be sent; replies can still be read.
    public Wire endOutput() throws IOException {
        flush();
        socket.shutdownOutput();
        return this;
    }

    /// Ends the connection so that the node sees an error instead of an end.
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private int bodyBytes() throws IOException {
        long length = Frames.bodyBytes(ByteBuffer.wrap(bytes(Frames.HEADER_BYTES)), 0);
        if (length > MAX_REPLY_BYTES) {
            throw new AssertionError("a reply claims to have " + length + " bytes");
        }
        return (int) length;
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the node closed the connection");
        }
        return bytes;
    }
}
