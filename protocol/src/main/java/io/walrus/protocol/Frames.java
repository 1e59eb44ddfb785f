package io.walrus.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

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

    /// The most a node may be told to take.
    public static final int MAX_MAX_FRAME_BYTES = 64 << 20;

    /// The longest body of a reply: the longest entry, with the text before it.
    public static final int MAX_REPLY_BYTES = MAX_MAX_FRAME_BYTES + 64;

    private Frames() {}

    /// The body's length announced by the header at `index`, whatever the buffer's byte order. It may be up to 4 GiB:
    /// check it before making room.
    public static long bodyBytes(ByteBuffer buffer, int index) {
        int raw = buffer.getInt(index);
        return bodyBytes(buffer.order() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(raw) : raw);
    }

    /// As [#bodyBytes(ByteBuffer, int)], for a header that was read as a big-endian number.
    public static long bodyBytes(int header) {
        return Integer.toUnsignedLong(Integer.reverseBytes(header));
    }

    /// Puts a header at the buffer's position, whatever the buffer's byte order.
    public static void putHeader(ByteBuffer buffer, int bodyBytes) {
        int header = header(bodyBytes);
        buffer.putInt(buffer.order() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(header) : header);
    }

    /// A header, to be written as a big-endian number.
    public static int header(int bodyBytes) {
        return Integer.reverseBytes(bodyBytes);
    }

    /// A whole frame: the body behind its header.
    public static byte[] of(byte[] body) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + body.length);
        putHeader(frame, body.length);
        return frame.put(body).array();
    }

    /// Reads one frame's body; waits for it.
    ///
    /// @param maxBytes the longest body taken
    /// @return null if the stream ended before the frame
    /// @throws EOFException if it ended within the frame
    /// @throws IOException if the frame is longer than allowed, or the stream fails
    public static byte @Nullable [] read(InputStream in, int maxBytes) throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        if (header.length == 0) {
            return null;
        }
        if (header.length < HEADER_BYTES) {
            throw new EOFException("the stream ended within a frame's header");
        }
        long bytes = bodyBytes(ByteBuffer.wrap(header), 0);
        if (bytes > maxBytes) {
            throw new IOException("a frame of " + bytes + " bytes, at most " + maxBytes + " are taken");
        }
        byte[] body = in.readNBytes((int) bytes);
        if (body.length < bytes) {
            throw new EOFException("the stream ended within a frame");
        }
        return body;
    }
}
