package io.walrus.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a node answers.
///
/// | body | value |
/// |---|---|
/// | `OK` | [Ok] without payload |
/// | `OK payload…` | [Ok] with the payload, kept to the byte; empty in `OK ` |
/// | `{…` | [Ok] with the whole body: STATE and METRICS of a node that leaves out `OK ` |
/// | `EMPTY` | [Empty] |
/// | `ERR message` | [Err] |
public sealed interface Reply {
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
        int from = body.position();
        int bytes = body.remaining();
        if (startsWith(body, "OK ")) {
            return new Ok(body.slice(from + 3, bytes - 3));
        }
        if (bytes == 2 && startsWith(body, "OK")) {
            return new Ok(null);
        }
        if (bytes == 5 && startsWith(body, "EMPTY")) {
            return new Empty();
        }
        if (startsWith(body, "ERR ")) {
            return new Err(StandardCharsets.UTF_8
                    .decode(body.slice(from + 4, bytes - 4))
                    .toString());
        }
        return startsWith(body, "{") ? new Ok(body.slice(from, bytes)) : null;
    }

    /// The whole frame, header included, ready to be sent.
    default ByteBuffer frame() {
        return switch (this) {
            case Ok(ByteBuffer payload) -> payload == null ? frame("OK", null) : frame("OK ", payload.duplicate());
            case Empty() -> frame("EMPTY", null);
            case Err(String message) -> frame("ERR " + message, null);
        };
    }

    private static ByteBuffer frame(String head, @Nullable ByteBuffer payload) {
        byte[] bytes = head.getBytes(StandardCharsets.UTF_8);
        int bodyBytes = bytes.length + (payload == null ? 0 : payload.remaining());
        ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER_BYTES + bodyBytes);
        Frames.putHeader(frame, bodyBytes);
        frame.put(bytes);
        if (payload != null) {
            frame.put(payload);
        }
        return frame.flip();
    }

    private static boolean startsWith(ByteBuffer body, String word) {
        if (body.remaining() < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (body.get(body.position() + i) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
