package io.walrus.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/// How requests and replies look. Stateless, safe for many threads.
sealed interface LoadProtocol permits WalrusFrames, RedisFrames {
    /// What one call of [#skipReply] found.
    enum Found {
        /// The reply is not there as a whole; the buffer's position is as it was.
        INCOMPLETE,
        DONE,
        /// There was no entry to read.
        EMPTY,
        /// The server refused.
        ERROR
    }

    /// Makes a topic ready for use, if it isn't.
    ///
    /// @return the segment that its next entries go to
    long prepare(InetSocketAddress address, String topic) throws IOException;

    byte[] put(String topic, byte[] payload);

    byte[] get(String topic);

    /// Whether entries that are to be fetched must be put with [#putAt].
    boolean offsetsAreGiven();

    /// Encodes a PUT that gives the entry its offset; only if [#offsetsAreGiven].
    void putAt(ByteBuffer out, byte[] topic, long offset, byte[] payload);

    void fetch(ByteBuffer out, byte[] topic, long segment, long offset);

    /// Moves the buffer's position behind the next reply.
    Found skipReply(ByteBuffer in);

    /// Writes a number in decimal digits.
    static void decimal(ByteBuffer out, long value) {
        int digits = digits(value);
        long rest = value;
        for (int at = out.position() + digits - 1; at >= out.position(); at--) {
            out.put(at, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        out.position(out.position() + digits);
    }

    static int digits(long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }
}
