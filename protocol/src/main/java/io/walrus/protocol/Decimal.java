package io.walrus.protocol;

import java.nio.ByteBuffer;

/// Whole numbers as ASCII digits, from 0 to `Long.MAX_VALUE`.
final class Decimal {
    static final long INVALID = -1;

    private static final int MAX_DIGITS = 19;

    private Decimal() {}

    /// The number in `buffer[from, to)`, or [#INVALID]: empty, signed, not all digits, or too large.
    static long parse(ByteBuffer buffer, int from, int to) {
        int start = from;
        while (start < to - 1 && buffer.get(start) == '0') {
            start++;
        }
        if (start >= to || to - start > MAX_DIGITS) {
            return INVALID;
        }
        long value = 0;
        for (int i = start; i < to; i++) {
            int digit = buffer.get(i) - '0';
            if (digit < 0 || digit > 9) {
                return INVALID;
            }
            value = value * 10 + digit;
        }
        // 19 digits hold less than twice Long.MAX_VALUE, so too large shows as negative.
        return value < 0 ? INVALID : value;
    }
}
