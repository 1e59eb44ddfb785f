package io.walrus.benchmarks.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// One connection that keeps `depth` requests under way. Confined to its thread.
///
/// Requests that were sent together have one time stamp, and the replies of one read are counted together, so that the
/// cost of a request falls with the depth.
final class LoadConnection {
    private static final int MIN_IN_BYTES = 256 * 1024;

    private final SocketChannel channel;
    private final LoadProtocol protocol;
    private final OutgoingRequests outgoing;
    private final ByteBuffer in;
    /// A ring: when requests were sent, and how many of them still wait for their replies.
    private final long[] sentNs;
    private final int[] sentCount;
    private int oldest;
    private int batches;
    private int underWay;

    LoadConnection(
            SocketChannel channel, LoadProtocol protocol, OutgoingRequests outgoing, int depth, int payloadBytes) {
        this.channel = channel;
        this.protocol = protocol;
        this.outgoing = outgoing;
        in = ByteBuffer.allocateDirect(Math.max(MIN_IN_BYTES, 2 * payloadBytes + 4096));
        sentNs = new long[depth];
        sentCount = new int[depth];
    }

    int underWay() {
        return underWay;
    }

    void send(SelectionKey key, int requests, long nowNs) throws IOException {
        if (requests > 0) {
            int newest = (oldest + batches) % sentNs.length;
            sentNs[newest] = nowNs;
            sentCount[newest] = requests;
            batches++;
            underWay += requests;
            outgoing.add(requests);
        }
        boolean all = outgoing.write(channel);
        int interest = all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    /// Reads once and counts all replies that are there.
    ///
    /// @return the number of replies
    int receive(Meter meter) throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("the server closed the connection with " + underWay + " requests under way");
        }
        long nowNs = System.nanoTime();
        in.flip();
        int replies = 0;
        while (true) {
            int start = in.position();
            LoadProtocol.Found found = protocol.skipReply(in);
            if (found == LoadProtocol.Found.INCOMPLETE) {
                break;
            }
            replies++;
            if (found == LoadProtocol.Found.EMPTY) {
                meter.foundNothing();
            } else if (found == LoadProtocol.Found.ERROR) {
                meter.refused(text(start));
            }
        }
        if (in.hasRemaining()) {
            in.compact();
        } else {
            in.clear();
        }
        if (replies > underWay) {
            throw new IOException("the server sent more replies than it got requests");
        }
        underWay -= replies;
        record(replies, nowNs, meter);
        return replies;
    }

    private void record(int replies, long nowNs, Meter meter) {
        int rest = replies;
        while (rest > 0) {
            int count = Math.min(rest, sentCount[oldest]);
            meter.completed(count, nowNs - sentNs[oldest]);
            rest -= count;
            sentCount[oldest] -= count;
            if (sentCount[oldest] == 0) {
                oldest = (oldest + 1) % sentNs.length;
                batches--;
            }
        }
    }

    private String text(int start) {
        return StandardCharsets.UTF_8
                .decode(in.slice(start, in.position() - start))
                .toString()
                .strip();
    }
}
