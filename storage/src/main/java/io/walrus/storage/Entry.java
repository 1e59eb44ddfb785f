package io.walrus.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One entry of a topic.
///
/// @param offset its number in the topic, from 0, without gaps
/// @param timestampMs when it was appended, in milliseconds since the Unix epoch
/// @param payload its bytes, read-only, position to limit
public record Entry(long offset, long timestampMs, ByteBuffer payload) {
    public Entry {
        payload = payload.asReadOnlyBuffer();
    }

    /// The payload as text.
    public String text() {
        return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    }
}
