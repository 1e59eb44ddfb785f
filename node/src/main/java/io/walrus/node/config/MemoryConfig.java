package io.walrus.node.config;

/// How much memory a node keeps for reads, whatever is asked of it.
///
/// @param readAheadBytes of the heap, for blocks read from the disk or from other nodes, 1 or more
/// @param readBufferBytes outside the heap, for the buffers of later reads, 1 or more
public record MemoryConfig(long readAheadBytes, long readBufferBytes) {
    /// What tests and simulations have.
    public static final MemoryConfig SMALL = new MemoryConfig(16 << 20, 8 << 20);

    public MemoryConfig {
        if (readAheadBytes < 1 || readBufferBytes < 1) {
            throw new IllegalArgumentException("a node's memory is positive");
        }
    }
}
