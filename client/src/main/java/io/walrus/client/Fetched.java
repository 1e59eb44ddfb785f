package io.walrus.client;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An entry read by FETCH, and the next offset.
///
/// @param nextOffset the offset to ask for next
/// @param payload the entry, position to limit
public record Fetched(long nextOffset, ByteBuffer payload) {
    /// Reads FETCH's reply: a number, a space, the entry.
    ///
    /// @return null if it isn't that
    public static @Nullable Fetched parse(@Nullable ByteBuffer reply) {
        if (reply == null) {
            return null;
        }
        long offset = 0;
        for (int i = reply.position(); i < reply.limit(); i++) {
            int digit = reply.get(i) - '0';
            if (reply.get(i) == ' ' && i > reply.position()) {
                return new Fetched(offset, reply.slice(i + 1, reply.limit() - i - 1));
            }
            if (digit < 0 || digit > 9) {
                return null;
            }
            offset = offset * 10 + digit;
        }
        return null;
    }
}
