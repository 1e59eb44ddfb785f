package io.walrus.benchmarks.engine;

import java.nio.ByteBuffer;
import java.util.Random;

/// The entry that all logs are given: bytes that don't compress.
final class EnginePayload {
    static final int BYTES = 1024;
    static final int BATCH_ENTRIES = 100;

    private EnginePayload() {}

    static byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /// Outside the heap, where native code and channels take it from without a copy.
    static ByteBuffer direct() {
        return ByteBuffer.allocateDirect(BYTES).put(bytes()).flip();
    }
}
