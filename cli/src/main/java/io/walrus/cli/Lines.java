package io.walrus.cli;

import io.walrus.protocol.Frames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts a stream into lines. `\n` ends a line and belongs to none; the last may do without.
final class Lines {
    /// The longest line there may be: no node takes a request of that size.
    static final int MAX_BYTES = Frames.MAX_MAX_FRAME_BYTES;

    private static final int FIRST_BUFFER_BYTES = 256 << 10;

    private final InputStream in;
    private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
    private int from;
    private int to;
    private long number;

    Lines(InputStream in) {
        this.in = in;
    }

    /// A line that is longer than [#MAX_BYTES].
    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;

        TooLong(long number) {
            super("line " + number + " is longer than " + MAX_BYTES + " bytes, which no node takes");
        }
    }

    /// The number of the line read last, from 1; 0 before the first.
    long number() {
        return number;
    }

    /// The next line, in an array of its own; null at the end.
    @Nullable
    ByteBuffer next() throws IOException {
        int searched = from;
        while (true) {
            for (int i = searched; i < to; i++) {
                if (buffer[i] == '\n') {
                    return take(i, i + 1);
                }
            }
            searched = to - from;
            if (searched >= MAX_BYTES) {
                throw new TooLong(number + 1);
            }
            makeRoom();
            int read = in.read(buffer, to, buffer.length - to);
            if (read < 0) {
                return from == to ? null : take(to, to);
            }
            to += read;
        }
    }

    private ByteBuffer take(int end, int next) {
        ByteBuffer line = ByteBuffer.wrap(Arrays.copyOfRange(buffer, from, end));
        from = next;
        number++;
        return line;
    }

    private void makeRoom() {
        int held = to - from;
        byte[] target = held < buffer.length ? buffer : new byte[Math.min(MAX_BYTES, 2 * held)];
        System.arraycopy(buffer, from, target, 0, held);
        buffer = target;
        from = 0;
        to = held;
    }
}
