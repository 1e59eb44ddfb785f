package io.walrus.protocol;

import java.nio.ByteBuffer;

/// The beginning of a reply's body, by which its kind is told.
public enum ReplyHead {
    /// Done; the whole body.
    OK("OK"),
    /// Done; a payload follows, all the rest of the body.
    OK_PAYLOAD("OK "),
    /// There is no entry to hand out; the whole body.
    EMPTY("EMPTY"),
    /// Refused, or failed; one line for people follows.
    ERR("ERR ");

    /// ASCII, so that a character is a byte.
    private final String text;

    ReplyHead(String text) {
        this.text = text;
    }

    /// Its length in bytes.
    public int length() {
        return text.length();
    }

    /// The byte at an index.
    public byte at(int index) {
        return (byte) text.charAt(index);
    }

    /// Whether the bytes between the body's position and limit begin with it, or are it if nothing may follow.
    public boolean fits(ByteBuffer body) {
        boolean isWhole = this == OK || this == EMPTY;
        if (isWhole ? body.remaining() != length() : body.remaining() < length()) {
            return false;
        }
        for (int i = 0; i < length(); i++) {
            if (body.get(body.position() + i) != at(i)) {
                return false;
            }
        }
        return true;
    }

    /// Puts it at the buffer's position.
    public void putTo(ByteBuffer buffer) {
        for (int i = 0; i < length(); i++) {
            buffer.put(at(i));
        }
    }

    /// The text on the wire.
    @Override
    public String toString() {
        return text;
    }
}
