package io.walrus.testkit.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The body of one reply frame.
public final class WireReply {
    private static final int OK_SPACE_BYTES = 3;
    private static final int SHOWN_CHARS = 200;

    private final byte[] body;

    WireReply(byte[] body) {
        this.body = body;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public boolean isOk() {
        return is("OK") || hasPayload();
    }

    public boolean isEmpty() {
        return is("EMPTY");
    }

    public boolean isError() {
        return startsWith("ERR ");
    }

    /// What was asked for may have been done or not.
    public boolean isOutcomeUnknown() {
        return startsWith("ERR outcome unknown");
    }

    /// Nothing was done, and the same request may succeed a little later.
    public boolean isNotNow() {
        return startsWith("ERR not ready") || startsWith("ERR timed out") || startsWith("ERR shutting down");
    }

    /// What follows `OK `.
    public byte[] payload() {
        require(hasPayload(), "carries a payload");
        return Arrays.copyOfRange(body, OK_SPACE_BYTES, body.length);
    }

    public String payloadText() {
        return new String(payload(), StandardCharsets.UTF_8);
    }

    /// The payload of FETCH, which stands behind the offset to ask for next.
    public byte[] fetched(long nextOffset) {
        String start = "OK " + nextOffset + " ";
        require(startsWith(start), "goes on at " + nextOffset);
        return Arrays.copyOfRange(body, start.length(), body.length);
    }

    public void requireOk() {
        require(is("OK"), "is OK");
    }

    private void require(boolean condition, String expectation) {
        if (!condition) {
            throw new AssertionError("expected that the reply " + expectation + ": " + this);
        }
    }

    @Override
    public String toString() {
        String text = text();
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }

    private boolean is(String word) {
        return body.length == word.length() && startsWith(word);
    }

    private boolean hasPayload() {
        return startsWith("OK ");
    }

    private boolean startsWith(String start) {
        if (body.length < start.length()) {
            return false;
        }
        for (int i = 0; i < start.length(); i++) {
            if (body[i] != start.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
