package io.walrus.server.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.walrus.protocol.Frames;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Cuts a connection's bytes into frames. A frame that arrived in one piece is handed on where it lies; only one that
/// straddles two reads is put together in a buffer of its own. Its first 16 KiB are taken without question; beyond them
/// there has to be memory for the whole frame, so that one that was begun can be finished.
///
/// Belongs to one event loop. Buffers given to [#add] are released by it.
final class FrameReader {
    /// What [#next] found.
    enum Found {
        FRAME,
        /// The frame is longer than allowed; it will be passed over.
        TOO_LONG,
        /// The rest hasn't arrived yet.
        NOTHING,
        /// The rest hasn't arrived yet, and there is no memory to put the frame together: nothing more is to be read.
        NO_MEMORY
    }

    private static final int FREE_BYTES = 16 << 10;

    private final ByteBufAllocator allocator;
    private final int maxFrameBytes;
    private final IntPredicate memory;
    private final ArrayDeque<ByteBuf> inputs = new ArrayDeque<>();
    private @Nullable ByteBuf straddling;
    private ByteBuffer frame = ByteBuffer.allocate(0);
    private int frameBytes;
    private long frameLength;
    private boolean inStraddling;
    private long bytesToSkip;

    /// @param memory whether there are so many bytes of it for a frame
    FrameReader(ByteBufAllocator allocator, int maxFrameBytes, IntPredicate memory) {
        this.allocator = allocator;
        this.maxFrameBytes = maxFrameBytes;
        this.memory = memory;
    }

    void add(ByteBuf bytes) {
        inputs.add(bytes);
    }

    /// Looks for the next frame. A frame found stays the next one until [#consume].
    Found next() {
        if (inStraddling) {
            return found(Objects.requireNonNull(straddling), frameBytes);
        }
        while (true) {
            ByteBuf in = inputs.peek();
            if (in == null) {
                return Found.NOTHING;
            }
            if (bytesToSkip > 0) {
                int skipped = (int) Math.min(bytesToSkip, in.readableBytes());
                in.skipBytes(skipped);
                bytesToSkip -= skipped;
            }
            if (!in.isReadable()) {
                inputs.remove().release();
                continue;
            }
            Found found = straddling == null ? nextIn(in) : nextStraddling(straddling, in);
            if (found != Found.NOTHING) {
                return found;
            }
        }
    }

    /// The body of the frame found, valid until [#consume].
    ByteBuffer frame() {
        return frame;
    }

    /// Bytes of the frame that is being put together. What one read of the network brought and waits here is not among
    /// them: it would keep itself from going on.
    int heldBytes() {
        return straddling == null ? 0 : straddling.capacity();
    }

    /// Whether there is memory for the whole of the next frame, which is being put together.
    boolean hasMemory() {
        ByteBuf start = straddling;
        return start != null
                && start.readableBytes() >= Frames.HEADER_BYTES
                && start.capacity() - Frames.HEADER_BYTES >= Frames.bodyBytes(start.getInt(0));
    }

    /// Whether the rest of a frame is yet to come.
    boolean isPartial() {
        return straddling != null && !inStraddling;
    }

    /// The length of the frame that is too long, in bytes.
    long frameLength() {
        return frameLength;
    }

    /// Goes past the frame found.
    void consume() {
        if (inStraddling) {
            releaseStraddling();
            inStraddling = false;
        } else {
            inputs.element().skipBytes(Frames.HEADER_BYTES + frameBytes);
        }
    }

    /// Whether the last bytes that came in are the beginning of a frame. Asked when [#next] has found nothing.
    boolean isInFrame() {
        return straddling != null || isSkipping();
    }

    /// Whether the rest of a frame that is too long is yet to come.
    boolean isSkipping() {
        return bytesToSkip > 0;
    }

    /// Forgets all that has come in.
    void release() {
        inputs.forEach(ByteBuf::release);
        inputs.clear();
        releaseStraddling();
        inStraddling = false;
        bytesToSkip = 0;
    }

    private Found nextIn(ByteBuf in) {
        if (in.readableBytes() >= Frames.HEADER_BYTES) {
            long length = Frames.bodyBytes(in.getInt(in.readerIndex()));
            if (length > maxFrameBytes) {
                in.skipBytes(Frames.HEADER_BYTES);
                return skip(length, length);
            }
            if (in.readableBytes() - Frames.HEADER_BYTES >= length) {
                return found(in, (int) length);
            }
        }
        straddling = allocator.directBuffer(Frames.HEADER_BYTES);
        return Found.NOTHING;
    }

    private Found nextStraddling(ByteBuf start, ByteBuf in) {
        if (!fill(start, in, Frames.HEADER_BYTES)) {
            return Found.NOTHING;
        }
        long length = Frames.bodyBytes(start.getInt(0));
        if (length > maxFrameBytes) {
            int arrived = start.readableBytes() - Frames.HEADER_BYTES;
            releaseStraddling();
            return skip(length - arrived, length);
        }
        int whole = Frames.HEADER_BYTES + (int) length;
        int arrived = Math.min(whole, start.readableBytes() + in.readableBytes());
        if (start.capacity() < arrived) {
            if (arrived > FREE_BYTES && !memory.test((int) length)) {
                return Found.NO_MEMORY;
            }
            start.capacity(arrived > FREE_BYTES ? whole : Math.min(whole, FREE_BYTES));
        }
        if (!fill(start, in, whole)) {
            return Found.NOTHING;
        }
        inStraddling = true;
        return found(start, (int) length);
    }

    private Found found(ByteBuf in, int length) {
        int from = in.readerIndex() + Frames.HEADER_BYTES;
        frame = in.internalNioBuffer(from, length);
        frameBytes = length;
        return Found.FRAME;
    }

    private Found skip(long rest, long length) {
        bytesToSkip = rest;
        frameLength = length;
        return Found.TOO_LONG;
    }

    /// Moves bytes until `start` holds `wanted` of them.
    private static boolean fill(ByteBuf start, ByteBuf in, int wanted) {
        int missing = wanted - start.readableBytes();
        if (missing > 0) {
            start.writeBytes(in, Math.min(missing, in.readableBytes()));
        }
        return start.readableBytes() >= wanted;
    }

    private void releaseStraddling() {
        if (straddling != null) {
            straddling.release();
            straddling = null;
        }
    }
}
