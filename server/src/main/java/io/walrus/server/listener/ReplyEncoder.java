package io.walrus.server.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.walrus.node.topic.ReplySink;
import io.walrus.protocol.Frames;
import io.walrus.protocol.ReplyHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Encodes replies one after the other into one buffer, so that a connection's replies leave in one write.
///
/// Belongs to one event loop.
final class ReplyEncoder implements ReplySink {
    private static final int FIRST_BYTES = 512;
    private static final int MAX_WRITE_BYTES = 256 << 10;

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
        frame(ReplyHead.OK, 0);
    }

    @Override
    public void ok(ByteBuffer payload) {
        frame(ReplyHead.OK_PAYLOAD, payload.remaining()).writeBytes(payload);
    }

    @Override
    public void okFetched(long nextOffset, ByteBuffer payload) {
        byte[] offset = (nextOffset + " ").getBytes(StandardCharsets.US_ASCII);
        frame(ReplyHead.OK_PAYLOAD, offset.length + payload.remaining())
                .writeBytes(offset)
                .writeBytes(payload);
    }

    @Override
    public void json(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        ByteBuf frame = bareJson ? frame(bytes.length) : frame(ReplyHead.OK_PAYLOAD, bytes.length);
        frame.writeBytes(bytes);
    }

    @Override
    public void empty() {
        frame(ReplyHead.EMPTY, 0);
    }

    @Override
    public void error(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        frame(ReplyHead.ERR, bytes.length).writeBytes(bytes);
    }

    private ByteBuf frame(ReplyHead head, int restBytes) {
        ByteBuf buffer = frame(head.length() + restBytes);
        for (int i = 0; i < head.length(); i++) {
            buffer.writeByte(head.at(i));
        }
        return buffer;
    }

    private ByteBuf frame(int bodyBytes) {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = allocator.directBuffer(Math.max(FIRST_BYTES, Frames.HEADER_BYTES + bodyBytes));
            out = buffer;
        }
        return buffer.writeInt(Frames.header(bodyBytes));
    }
}
