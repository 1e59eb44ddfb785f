package io.walrus.server.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.walrus.node.topic.ReplySink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Encodes replies one after the other into one buffer, so that a connection's replies leave in one write.
///
/// Belongs to one event loop.
final class ReplyEncoder implements ReplySink {
    private static final int FIRST_BYTES = 512;
    private static final int MAX_WRITE_BYTES = 256 << 10;
    private static final byte[] OK = "OK".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OK_SPACE = "OK ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMPTY = "EMPTY".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ERR_SPACE = "ERR ".getBytes(StandardCharsets.US_ASCII);

    private final ByteBufAllocator allocator;
    private final boolean bareJson;
    private @Nullable ByteBuf out;

    ReplyEncoder(ByteBufAllocator allocator, boolean bareJson) {
        this.allocator = allocator;
        this.bareJson = bareJson;
    }

    @Override
    public boolean hasRoom() {
        return out == null || out.readableBytes() < MAX_WRITE_BYTES;
    }

    /// Takes what was encoded since the last call, or null if that is nothing.
    @Nullable
    ByteBuf take() {
        ByteBuf taken = out;
        out = null;
        return taken;
    }

    @Override
    public void ok() {
        frame(OK.length).writeBytes(OK);
    }

    @Override
    public void ok(ByteBuffer payload) {
        frame(OK_SPACE.length + payload.remaining()).writeBytes(OK_SPACE).writeBytes(payload);
    }

    @Override
    public void okFetched(long nextOffset, ByteBuffer payload) {
        byte[] offset = (nextOffset + " ").getBytes(StandardCharsets.US_ASCII);
        frame(OK_SPACE.length + offset.length + payload.remaining())
                .writeBytes(OK_SPACE)
                .writeBytes(offset)
                .writeBytes(payload);
    }

    @Override
    public void json(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (bareJson) {
            frame(bytes.length).writeBytes(bytes);
        } else {
            frame(OK_SPACE.length + bytes.length).writeBytes(OK_SPACE).writeBytes(bytes);
        }
    }

    @Override
    public void empty() {
        frame(EMPTY.length).writeBytes(EMPTY);
    }

    @Override
    public void error(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        frame(ERR_SPACE.length + bytes.length).writeBytes(ERR_SPACE).writeBytes(bytes);
    }

    private ByteBuf frame(int bodyBytes) {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = allocator.directBuffer(Math.max(FIRST_BYTES, Integer.BYTES + bodyBytes));
            out = buffer;
        }
        return buffer.writeIntLE(bodyBytes);
    }
}
