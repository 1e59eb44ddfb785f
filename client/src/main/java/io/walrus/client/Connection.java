package io.walrus.client;

import io.walrus.protocol.Frames;
import io.walrus.protocol.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The bytes to and from one node. One thread writes, another reads; any may close.
final class Connection {
    /// How often a reader that gets nothing looks at the clock.
    static final int TICK_MS = 100;

    private static final int BUFFER_BYTES = 256 << 10;

    private final NodeAddress address;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    // The writer's.
    private final byte[] outgoing = new byte[BUFFER_BYTES];
    private int outgoingBytes;

    // The reader's: received bytes that are not read yet lie in incoming[from, to).
    private byte[] incoming = new byte[BUFFER_BYTES];
    private int from;
    private int to;

    private Connection(NodeAddress address, Socket socket) throws IOException {
        this.address = address;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /// Connects to the first of the host's addresses that answers.
    ///
    /// @param timeout for each of them
    /// @throws IOException if none does; the message has the reason, and the addresses if there are several
    static Connection open(NodeAddress address, Duration timeout) throws IOException {
        return open(address, resolve(address.host()), timeout);
    }

    static Connection open(NodeAddress address, List<InetAddress> hosts, Duration timeout) throws IOException {
        List<String> reasons = new ArrayList<>();
        for (InetAddress host : hosts) {
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.connect(new InetSocketAddress(host, address.port()), (int) timeout.toMillis());
                socket.setSoTimeout(TICK_MS);
                return new Connection(address, socket);
            } catch (IOException e) {
                socket.close();
                reasons.add(hosts.size() == 1 ? e.getMessage() : host.getHostAddress() + ": " + e.getMessage());
            }
        }
        throw new IOException(String.join(", ", reasons));
    }

    private static List<InetAddress> resolve(String host) throws IOException {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw new IOException("unknown host", e);
        }
    }

    NodeAddress address() {
        return address;
    }

    /// Sends requests, in as few writes as their size allows.
    void write(List<Pending> requests) throws IOException {
        for (Pending request : requests) {
            if (BUFFER_BYTES - outgoingBytes < Frames.HEADER_BYTES) {
                flush();
            }
            Frames.putHeader(
                    ByteBuffer.wrap(outgoing, outgoingBytes, Frames.HEADER_BYTES),
                    request.frameBytes - Frames.HEADER_BYTES);
            outgoingBytes += Frames.HEADER_BYTES;
            add(ByteBuffer.wrap(request.head));
            if (request.payload != null) {
                add(request.payload.duplicate());
            }
        }
        flush();
    }

    private void add(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (outgoingBytes == BUFFER_BYTES) {
                flush();
            }
            int part = Math.min(bytes.remaining(), BUFFER_BYTES - outgoingBytes);
            bytes.get(outgoing, outgoingBytes, part);
            outgoingBytes += part;
        }
    }

    private void flush() throws IOException {
        out.write(outgoing, 0, outgoingBytes);
        outgoingBytes = 0;
    }

    /// Waits for bytes, [#TICK_MS] at most.
    ///
    /// @return whether any came
    /// @throws EOFException if the node closed the connection
    boolean read() throws IOException {
        if (from > 0) {
            System.arraycopy(incoming, from, incoming, 0, to - from);
            to -= from;
            from = 0;
        }
        try {
            int read = in.read(incoming, to, incoming.length - to);
            if (read < 0) {
                throw new EOFException("the node closed it");
            }
            to += read;
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        }
    }

    /// The replies that are there in full, in order.
    List<Reply> replies() throws IOException {
        List<Reply> replies = new ArrayList<>();
        ByteBuffer header = ByteBuffer.wrap(incoming);
        while (to - from >= Frames.HEADER_BYTES) {
            long bodyBytes = Frames.bodyBytes(header, from);
            if (bodyBytes > Frames.MAX_REPLY_BYTES) {
                throw new IOException("this is no Walrus node: its reply claims to have " + bodyBytes + " bytes");
            }
            int end = from + Frames.HEADER_BYTES + (int) bodyBytes;
            if (end > to) {
                makeRoomFor(Frames.HEADER_BYTES + (int) bodyBytes);
                break;
            }
            // A copy: the reply outlives the buffer's content.
            byte[] body = Arrays.copyOfRange(incoming, from + Frames.HEADER_BYTES, end);
            Reply reply = Reply.parse(ByteBuffer.wrap(body));
            if (reply == null) {
                throw new IOException("this is no Walrus node: its reply can't be read");
            }
            replies.add(reply);
            from = end;
        }
        if (from == to && incoming.length > BUFFER_BYTES) {
            incoming = new byte[BUFFER_BYTES];
            from = 0;
            to = 0;
        }
        return replies;
    }

    /// The buffer grows with the received bytes, not with the claimed length.
    private void makeRoomFor(int frameBytes) {
        if (frameBytes > incoming.length && to - from > incoming.length / 2) {
            byte[] larger = new byte[Math.min(frameBytes, incoming.length * 2)];
            System.arraycopy(incoming, from, larger, 0, to - from);
            to -= from;
            from = 0;
            incoming = larger;
        }
    }

    void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone either way.
        }
    }
}
