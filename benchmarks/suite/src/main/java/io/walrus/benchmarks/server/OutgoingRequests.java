package io.walrus.benchmarks.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.IntFunction;

/// The requests of one connection on their way out, over and over from one buffer that holds all of them: nothing is
/// encoded, copied or allocated while they leave. Confined to the thread of the connection.
final class OutgoingRequests {
    private final ByteBuffer requests;
    /// Where each of them ends.
    private final int[] ends;

    private int next;
    private long waitingBytes;

    private OutgoingRequests(ByteBuffer requests, int[] ends) {
        this.requests = requests;
        this.ends = ends;
    }

    /// Different requests, in turn.
    static OutgoingRequests of(int count, IntFunction<byte[]> request) {
        int[] ends = new int[count];
        int bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes = Math.addExact(bytes, request.apply(i).length);
            ends[i] = bytes;
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
        for (int i = 0; i < count; i++) {
            buffer.put(request.apply(i));
        }
        return new OutgoingRequests(buffer.clear(), ends);
    }

    /// A few requests in turn, so many copies of them that most writes take all that waits.
    static OutgoingRequests repeated(List<byte[]> requests, int depth) {
        int copies = Math.clamp((1 << 20) / requests.getFirst().length, 1, 4 * depth);
        return of(Math.max(copies, requests.size()), i -> requests.get(i % requests.size()));
    }

    /// The same requests for another connection, which begins with one of them.
    OutgoingRequests from(int first) {
        OutgoingRequests other = new OutgoingRequests(requests.duplicate().clear(), ends);
        other.next = first;
        other.requests.position(other.start(first));
        return other;
    }

    private int start(int request) {
        return request == 0 ? 0 : ends[request - 1];
    }

    void add(int count) {
        for (int i = 0; i < count; i++) {
            waitingBytes += ends[next] - start(next);
            next = (next + 1) % ends.length;
        }
    }

    /// Writes what the socket takes.
    ///
    /// @return whether all went out
    boolean write(SocketChannel channel) throws IOException {
        while (waitingBytes > 0) {
            if (requests.position() == requests.capacity()) {
                requests.position(0);
            }
            requests.limit((int) Math.min(requests.capacity(), requests.position() + waitingBytes));
            waitingBytes -= channel.write(requests);
            boolean all = !requests.hasRemaining();
            requests.limit(requests.capacity());
            if (!all) {
                return false;
            }
        }
        return true;
    }
}
