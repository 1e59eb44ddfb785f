package io.walrus.benchmarks.server;

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

    /// Puts that many entries into an empty topic, as [#fetch] finds them, if it is sent [#fillTimes].
    default byte[] fill(String topic, byte[] payload, long entries) {
        return put(topic, payload);
    }

    default long fillTimes(long entries) {
        return entries;
    }

    byte[] get(String topic);

    byte[] fetch(String topic, long segment, long offset);

    /// Moves the buffer's position behind the next reply.
    Found skipReply(ByteBuffer in);
}
