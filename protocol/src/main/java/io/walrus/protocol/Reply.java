package io.walrus.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A node's reply.
///
/// | body | value |
/// |---|---|
/// | `OK` | [Ok] without payload |
/// | `OK payload…` | [Ok] with the payload, kept to the byte; empty in `OK ` |
/// | `{…` | [Ok] with the whole body: STATE, METRICS and CLUSTER of a node that leaves out `OK ` |
/// | `EMPTY` | [Empty] |
/// | `ERR message` | [Err] |
public sealed interface Reply {
    /// The rest behind a head that is the whole body: nothing.
    ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /// It was done.
    ///
    /// @param payload position to limit; null where the reply has none, as PUT's
    record Ok(@Nullable ByteBuffer payload) implements Reply {}

    /// There is no entry to hand out.
    record Empty() implements Reply {}

    /// It was refused, or went wrong.
    ///
    /// @param message one line for people
    record Err(String message) implements Reply {
        public ErrorCode code() {
            return ErrorCode.of(message);
        }
    }

    /// Reads the body between the buffer's position and limit, which are left as they are. A payload is a view of it.
    ///
    /// @return null if the body is no reply of this protocol
    static @Nullable Reply parse(ByteBuffer body) {
        if (ReplyHead.OK_PAYLOAD.fits(body)) {
            return new Ok(behind(ReplyHead.OK_PAYLOAD, body));
        }
        if (ReplyHead.OK.fits(body)) {
            return new Ok(null);
        }
        if (ReplyHead.EMPTY.fits(body)) {
            return new Empty();
        }
        if (ReplyHead.ERR.fits(body)) {
            return new Err(
                    StandardCharsets.UTF_8.decode(behind(ReplyHead.ERR, body)).toString());
        }
        return body.hasRemaining() && body.get(body.position()) == '{' ? new Ok(body.slice()) : null;
    }

    /// The whole frame, header included, ready to be sent.
    default ByteBuffer frame() {
        return switch (this) {
            case Ok(ByteBuffer payload) ->
                payload == null ? frame(ReplyHead.OK, NOTHING) : frame(ReplyHead.OK_PAYLOAD, payload.duplicate());
            case Empty() -> frame(ReplyHead.EMPTY, NOTHING);
            case Err(String message) -> frame(ReplyHead.ERR, StandardCharsets.UTF_8.encode(message));
        };
    }

    private static ByteBuffer frame(ReplyHead head, ByteBuffer rest) {
        int bodyBytes = head.length() + rest.remaining();
        ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER_BYTES + bodyBytes);
        Frames.putHeader(frame, bodyBytes);
        head.putTo(frame);
        return frame.put(rest).flip();
    }

    private static ByteBuffer behind(ReplyHead head, ByteBuffer body) {
        return body.slice(body.position() + head.length(), body.remaining() - head.length());
    }
}
