package io.walrus.node.peer;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Messages for another node on their way into one send.
final class Batch {
    private static final int FIRST_BYTES = 4 << 10;
    private static final int KEPT_BYTES = 2 << 20;

    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);

    boolean isEmpty() {
        return bytes.position() == 0;
    }

    int size() {
        return bytes.position();
    }

    /// Begins a message, with room for its fields.
    ByteBuffer type(byte type, int fieldBytes) {
        if (isEmpty()) {
            bytes.put(PeerCodec.VERSION);
        }
        if (bytes.remaining() <= fieldBytes) {
            int needed = Math.addExact(bytes.position(), fieldBytes + 1);
            bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), Math.max(needed, 2 * bytes.capacity())))
                    .position(bytes.position());
        }
        return bytes.put(type);
    }

    /// Takes all there is.
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes.array(), bytes.position());
        if (bytes.capacity() > KEPT_BYTES) {
            bytes = ByteBuffer.allocate(FIRST_BYTES);
        }
        bytes.clear();
        return taken;
    }
}
