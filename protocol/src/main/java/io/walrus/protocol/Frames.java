package io.walrus.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How requests and replies are cut out of a byte stream.
///
/// ```text
///  0               4                      4 + n
///  +---------------+----------------------+
///  | n, u32 little | body, n bytes        |
///  | endian        |                      |
///  +---------------+----------------------+
/// ```
public final class Frames {
    /// Bytes in front of each body.
    public static final int HEADER_BYTES = Integer.BYTES;

    /// The longest request body a node takes unless it is told otherwise.
    public static final int DEFAULT_MAX_FRAME_BYTES = 1 << 20;

    /// The least a node may be told to take: any request that isn't a PUT fits.
    public static final int MIN_MAX_FRAME_BYTES = 1 << 10;

    private Frames() {}

    /// The body's length announced by the header at `index`, whatever the buffer's byte order. It may be up to 4 GiB:
    /// check it before making room.
    public static long bodyBytes(ByteBuffer buffer, int index) {
        int raw = buffer.getInt(index);
        return Integer.toUnsignedLong(buffer.order() == ByteOrder.LITTLE_ENDIAN ? raw : Integer.reverseBytes(raw));
    }

    /// Puts a header at the buffer's position, whatever the buffer's byte order.
    public static void putHeader(ByteBuffer buffer, int bodyBytes) {
        buffer.putInt(buffer.order() == ByteOrder.LITTLE_ENDIAN ? bodyBytes : Integer.reverseBytes(bodyBytes));
    }
}
