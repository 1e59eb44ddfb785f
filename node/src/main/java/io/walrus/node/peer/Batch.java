package io.walrus.node.peer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Messages for another node on their way into one send.
final class Batch {
    private final SendBuffers buffers;
    private @Nullable ByteBuffer bytes;

    Batch(SendBuffers buffers) {
        this.buffers = buffers;
    }

    boolean isEmpty() {
        return bytes == null;
    }

    int size() {
        return bytes == null ? 0 : bytes.position();
    }

    /// Begins a message, with room for its fields.
    ByteBuffer type(byte type, int fieldBytes) {
        ByteBuffer out = bytes == null ? buffers.take(2 + fieldBytes).put(PeerCodec.VERSION) : bytes;
        if (out.remaining() <= fieldBytes) {
            int needed = Math.addExact(out.position(), fieldBytes + 1);
            ByteBuffer larger = buffers.take(Math.max(needed, 2 * out.capacity()));
            larger.put(out.flip());
            buffers.give(out);
            out = larger;
        }
        bytes = out;
        return out.put(type);
    }

    /// Takes all there is. Not while it is empty.
    ByteBuffer take() {
        ByteBuffer taken = bytes;
        if (taken == null) {
            throw new IllegalStateException("nothing is in the batch");
        }
        bytes = null;
        return taken.flip();
    }

    /// Forgets all there is.
    void clear() {
        if (bytes != null) {
            buffers.give(bytes);
            bytes = null;
        }
    }
}
