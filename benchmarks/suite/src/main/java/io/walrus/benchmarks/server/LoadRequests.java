package io.walrus.benchmarks.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// The requests of one connection, over and over from one buffer that holds all of them: nothing is encoded or copied
/// while they leave. Confined to the thread of the connection.
final class LoadRequests {
    private final ByteBuf requests;
    /// Where each of them ends.
    private final int[] ends;

    private int next;

    private LoadRequests(ByteBuf requests, int[] ends, int next) {
        this.requests = requests;
        this.ends = ends;
        this.next = next;
    }

    static LoadRequests of(int count, IntFunction<byte[]> request) {
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
        return new LoadRequests(Unpooled.wrappedBuffer(buffer.flip()), ends, 0);
    }

    /// A few requests in turn, so many copies of them that most writes take all that is to be sent.
    static LoadRequests repeated(List<byte[]> requests, int depth) {
        int copies = Math.clamp((1 << 20) / requests.getFirst().length, 1, 4 * depth);
        return of(Math.max(copies, requests.size()), i -> requests.get(i % requests.size()));
    }

    /// The same requests for another connection, which begins with one of them.
    LoadRequests from(int first) {
        return new LoadRequests(requests, ends, first);
    }

    /// Hands out the next ones, many at once.
    void next(int count, Consumer<ByteBuf> out) {
        int rest = count;
        while (rest > 0) {
            int start = next == 0 ? 0 : ends[next - 1];
            int after = Math.min(next + rest, ends.length);
            out.accept(requests.retainedSlice(start, ends[after - 1] - start));
            rest -= after - next;
            next = after % ends.length;
        }
    }
}
