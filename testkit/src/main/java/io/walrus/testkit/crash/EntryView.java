package io.walrus.testkit.crash;

import java.nio.ByteBuffer;

/// One entry as a reader sees it, its bytes as a hash.
record EntryView(long timestampMs, int length, long hash) {
    static EntryView of(long timestampMs, ByteBuffer payload) {
        return new EntryView(timestampMs, payload.remaining(), Payload.hash(payload));
    }
}
