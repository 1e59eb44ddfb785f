package io.walrus.server.config;

import io.walrus.node.config.MemoryConfig;
import io.walrus.storage.engine.EngineConfig;
import java.util.ArrayList;
import java.util.List;

/// How a node shares out the memory it has: each part has a bound, and together they fit, or the node does not start.
///
/// | | of the heap | outside the heap |
/// |---|---|---|
/// | the newest entries | | `--tail-memory-bytes`, in blocks |
/// | reads of the disk | | a buffer and a window for each reader, a window for the scrub |
/// | messages between nodes | 32 MiB | 64 MiB |
/// | blocks read ahead | a thirty-second part | |
/// | requests and replies of clients | up to a quarter | up to half of what the others leave |
///
/// What clients are given has half of what is left because the memory of connections is cut from larger pieces, of
/// which some lie half empty. With what Java needs for itself the whole is not more than the machine, or the
/// container, has.
///
/// @param blockBytes of a block of the log
/// @param ringBlocks how many of the newest blocks stay in memory
/// @param clientBytes what clients' requests and replies may take
/// @param node what the node keeps for reads
public record MemoryPlan(int blockBytes, int ringBlocks, long clientBytes, MemoryConfig node) {
    /// Smaller blocks save nothing. Other nodes rely on it that each takes the entries that fit in one.
    private static final int MIN_BLOCK_BYTES = 4 << 20;
    private static final int MAX_BLOCK_BYTES = 64 << 20;
    private static final int MIN_RING_BLOCKS = 4;
    private static final int MAX_RING_BLOCKS = 1024;

    /// Entries as large as may be that are held for reads: by the threads that read, twice each, by the scrub, and by
    /// the node.
    private static final int READ_ENTRIES = 11;

    private static final int MIN_READ_BYTES = 256 << 10;
    private static final int READ_AHEAD_PART = 32;
    private static final long PEER_BYTES = 64 << 20;
    private static final long PEER_HEAP_BYTES = 32 << 20;
    private static final int CLIENT_HEAP_PART = 4;
    private static final int CLIENT_DIRECT_PART = 2;
    private static final long MIN_CLIENT_BYTES = 8 << 20;
    private static final int MIN_CLIENT_ENTRIES = 2;

    /// Code, classes, stacks, and what the garbage collector keeps.
    private static final long JAVA_BYTES = 96 << 20;

    private static final long MIB = 1 << 20;

    /// The memory that there is.
    ///
    /// @param heapBytes most of Java's heap
    /// @param directBytes most outside the heap that Java gives out
    /// @param machineBytes of the machine or, if that is less, of the container
    public record Available(long heapBytes, long directBytes, long machineBytes) {}

    /// Shares out what there is.
    ///
    /// @throws StartupException if it is not enough, naming the settings
    public static MemoryPlan of(ServerConfig config, Available available) throws StartupException {
        int frameBytes = config.listener().limits().maxFrameBytes();
        long tailBytes = config.disk().tailMemoryBytes();
        int blockBytes = Math.clamp(EngineConfig.blockBytesFor(frameBytes), MIN_BLOCK_BYTES, MAX_BLOCK_BYTES);
        long ringBlocks = Math.max(MIN_RING_BLOCKS, tailBytes / blockBytes);
        if (ringBlocks > MAX_RING_BLOCKS) {
            throw new StartupException("--tail-memory-bytes " + tailBytes + " is more than the log takes, which is "
                    + (long) MAX_RING_BLOCKS * blockBytes);
        }
        long readBytes = (long) READ_ENTRIES * Math.max(MIN_READ_BYTES, frameBytes);
        long fixedBytes = ringBlocks * blockBytes + readBytes + PEER_BYTES;
        long leastClientBytes = Math.max(MIN_CLIENT_BYTES, (long) MIN_CLIENT_ENTRIES * frameBytes);
        long neededOutside = fixedBytes + CLIENT_DIRECT_PART * leastClientBytes;
        long neededHeap = PEER_HEAP_BYTES + CLIENT_HEAP_PART * leastClientBytes;
        long machineLeft = available.machineBytes - available.heapBytes - JAVA_BYTES;
        List<String> lacks = new ArrayList<>();
        if (available.directBytes < neededOutside) {
            lacks.add("Java allows " + available.directBytes + " bytes outside the heap (WALRUS_DIRECT_MEMORY), and "
                    + neededOutside + " are needed with " + settings(tailBytes, frameBytes));
        }
        if (available.heapBytes < neededHeap) {
            lacks.add("the heap has " + available.heapBytes + " bytes (WALRUS_HEAP), and " + neededHeap
                    + " are needed with --max-frame-bytes " + frameBytes);
        }
        if (machineLeft < neededOutside) {
            lacks.add("this machine or container has " + mib(available.machineBytes) + " of memory, and "
                    + mib(available.heapBytes + JAVA_BYTES + neededOutside) + " are needed with a heap of "
                    + mib(available.heapBytes) + " (WALRUS_HEAP) and " + settings(tailBytes, frameBytes));
        }
        if (!lacks.isEmpty()) {
            throw new StartupException(String.join("; ", lacks));
        }
        long left = Math.min(available.directBytes, machineLeft) - fixedBytes;
        long clientBytes = Math.min(left / CLIENT_DIRECT_PART, available.heapBytes / CLIENT_HEAP_PART);
        return new MemoryPlan(
                blockBytes,
                (int) ringBlocks,
                clientBytes,
                new MemoryConfig(available.heapBytes / READ_AHEAD_PART, readBytes));
    }

    private static String settings(long tailBytes, int frameBytes) {
        return "--tail-memory-bytes " + tailBytes + " and --max-frame-bytes " + frameBytes;
    }

    private static String mib(long bytes) {
        return (bytes + MIB - 1) / MIB + " MiB";
    }
}
