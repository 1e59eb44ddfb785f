package io.walrus.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The names that a topic may have: 1 to 249 bytes of UTF-8 without spaces (of any script) and control
/// characters. Names are compared byte for byte.
public final class TopicNames {
    /// The longest name, in bytes of UTF-8.
    public static final int MAX_BYTES = 249;

    private TopicNames() {}

    /// The name's fault, as the text of an error, or null if it may be used.
    public static @Nullable String violation(String name) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(name);
        String violation = violation(bytes, bytes.position(), bytes.limit());
        // Unpaired surrogates become question marks in encoding, so that they would pass as a different name.
        return violation == null && !name.contentEquals(StandardCharsets.UTF_8.decode(bytes))
                ? ErrorTexts.notUtf8()
                : violation;
    }

    /// As [#violation(String)], for `buffer[from, to)`. Allocates nothing unless there is a violation.
    public static @Nullable String violation(ByteBuffer buffer, int from, int to) {
        int length = to - from;
        if (length == 0) {
            return ErrorTexts.topicEmpty();
        }
        if (length > MAX_BYTES) {
            return ErrorTexts.topicTooLong(length);
        }
        int index = from;
        while (index < to) {
            int first = buffer.get(index);
            if (first > ' ' && first < 0x7f) {
                index++;
                continue;
            }
            int bytes = Utf8.sequenceBytes(buffer, index, to);
            if (bytes == Utf8.INVALID) {
                return ErrorTexts.notUtf8();
            }
            int codePoint = Utf8.codePoint(buffer, index, bytes);
            if (Character.isISOControl(codePoint) || Character.isSpaceChar(codePoint)) {
                return ErrorTexts.topicCharacters();
            }
            index += bytes;
        }
        return null;
    }
}
