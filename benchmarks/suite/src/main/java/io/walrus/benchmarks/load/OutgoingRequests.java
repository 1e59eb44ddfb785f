package io.walrus.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/// The requests of one connection on their way out. Confined to the thread of the connection.
sealed interface OutgoingRequests permits OutgoingRequests.Repeated, OutgoingRequests.Encoded {
    void add(int requests);

    /// Writes what the socket takes.
    ///
    /// @return whether all went out
    boolean write(SocketChannel channel) throws IOException;

    /// The same requests again and again, sent from one buffer that holds many of them: nothing is encoded or copied.
    final class Repeated implements OutgoingRequests {
        private final ByteBuffer requests;
        private final int requestBytes;
        private long waitingBytes;

        /// @param requests any number of equal requests, from 0 to the capacity
        Repeated(ByteBuffer requests, int requestBytes) {
            this.requests = requests.duplicate();
            this.requestBytes = requestBytes;
        }

        /// @param requests of the same length, to be sent in turn
        static ByteBuffer buffer(List<byte[]> requests, int depth) {
            int length = requests.getFirst().length;
            int copies = Math.max(requests.size(), Math.clamp((1 << 20) / length, 1, depth));
            ByteBuffer buffer = ByteBuffer.allocateDirect(copies * length);
            for (int i = 0; i < copies; i++) {
                byte[] request = requests.get(i % requests.size());
                if (request.length != length) {
                    throw new IllegalArgumentException("topics of one connection need names of the same length");
                }
                buffer.put(request);
            }
            return buffer.clear();
        }

        @Override
        public void add(int count) {
            // In one write, if that is possible.
            if (waitingBytes == 0 && requests.remaining() < (long) count * requestBytes) {
                requests.position(0);
            }
            waitingBytes += (long) count * requestBytes;
        }

        @Override
        public boolean write(SocketChannel channel) throws IOException {
            while (waitingBytes > 0) {
                if (requests.position() == requests.capacity()) {
                    requests.position(0);
                }
                requests.limit((int) Math.min(requests.capacity(), requests.position() + waitingBytes));
                int written = channel.write(requests);
                waitingBytes -= written;
                boolean all = !requests.hasRemaining();
                requests.limit(requests.capacity());
                if (!all) {
                    return false;
                }
            }
            return true;
        }
    }

    /// Requests that differ, encoded one by one.
    final class Encoded implements OutgoingRequests {
        /// Appends one request to a buffer that has room for it.
        interface Encoder {
            void encodeNext(ByteBuffer out);
        }

        private final Encoder encoder;
        private final ByteBuffer buffer;

        Encoded(Encoder encoder, int maxRequestBytes, int depth) {
            this.encoder = encoder;
            buffer = ByteBuffer.allocateDirect(Math.multiplyExact(maxRequestBytes, depth))
                    .limit(0);
        }

        @Override
        public void add(int count) {
            buffer.compact();
            for (int i = 0; i < count; i++) {
                encoder.encodeNext(buffer);
            }
            buffer.flip();
        }

        @Override
        public boolean write(SocketChannel channel) throws IOException {
            while (buffer.hasRemaining()) {
                if (channel.write(buffer) == 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
