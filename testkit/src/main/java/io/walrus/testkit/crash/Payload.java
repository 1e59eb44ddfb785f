package io.walrus.testkit.crash;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// The bytes of an entry, made from a seed so that a model need not keep them.
record Payload(long seed, int length) {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    byte[] bytes() {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    EntryView view(long timestampMs) {
        return EntryView.of(timestampMs, ByteBuffer.wrap(bytes()));
    }

    static long hash(ByteBuffer bytes) {
        long hash = bytes.remaining();
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            hash = (hash ^ bytes.get(i)) * MULTIPLIER;
            hash ^= hash >>> 29;
        }
        return hash;
    }
}
