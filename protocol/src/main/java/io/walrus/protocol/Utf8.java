package io.walrus.protocol;

import java.nio.ByteBuffer;

/// Strict UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
final class Utf8 {
    static final int INVALID = 0;

    private Utf8() {}

    static boolean isValid(ByteBuffer buffer, int from, int to) {
        int index = from;
        while (index < to) {
            int bytes = sequenceBytes(buffer, index, to);
            if (bytes == INVALID) {
                return false;
            }
            index += bytes;
        }
        return true;
    }

    /// The length of the sequence that begins at `index` and ends before `to`, or [#INVALID].
    static int sequenceBytes(ByteBuffer buffer, int index, int to) {
        int first = buffer.get(index) & 0xff;
        if (first < 0x80) {
            return 1;
        }
        int bytes;
        int lowestSecond = 0x80;
        int highestSecond = 0xbf;
        if (first >= 0xc2 && first <= 0xdf) {
            bytes = 2;
        } else if (first >= 0xe0 && first <= 0xef) {
            bytes = 3;
            lowestSecond = first == 0xe0 ? 0xa0 : 0x80;
            highestSecond = first == 0xed ? 0x9f : 0xbf;
        } else if (first >= 0xf0 && first <= 0xf4) {
            bytes = 4;
            lowestSecond = first == 0xf0 ? 0x90 : 0x80;
            highestSecond = first == 0xf4 ? 0x8f : 0xbf;
        } else {
            return INVALID;
        }
        if (bytes > to - index) {
            return INVALID;
        }
        int second = buffer.get(index + 1) & 0xff;
        if (second < lowestSecond || second > highestSecond) {
            return INVALID;
        }
        for (int i = 2; i < bytes; i++) {
            if ((buffer.get(index + i) & 0xc0) != 0x80) {
                return INVALID;
            }
        }
        return bytes;
    }

    /// The code point of a valid sequence.
    static int codePoint(ByteBuffer buffer, int index, int bytes) {
        int first = buffer.get(index) & 0xff;
        if (bytes == 1) {
            return first;
        }
        int codePoint = first & (0x7f >> bytes);
        for (int i = 1; i < bytes; i++) {
            codePoint = (codePoint << 6) | (buffer.get(index + i) & 0x3f);
        }
        return codePoint;
    }
}
