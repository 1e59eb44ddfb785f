package io.walrus.storage.journal;

import java.nio.ByteBuffer;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/// Readers copy without a lock what an appender overwrites, and know afterwards whether what they copied was true.
public class RingTest {
    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 2;
    private static final int NUMBERS = BLOCK_BYTES / Long.BYTES;

    private final Ring ring = new Ring(new Geometry(BLOCK_BYTES, 1L << 40), BLOCKS, 0);
    private volatile long newest = -BLOCK_BYTES;

    /// Fills the next block with one number. By one thread at a time, as under the append lock.
    @Operation(nonParallelGroup = "appender")
    public long append() {
        long start = newest + BLOCK_BYTES;
        ring.enter(start);
        ByteBuffer block = ring.appendView(start);
        for (int i = 0; i < NUMBERS; i++) {
            block.putLong(i * Long.BYTES, start);
        }
        newest = start;
        return start;
    }

    /// The number in the newest block; a mixture shows as -2.
    @Operation
    public long read() {
        while (true) {
            long start = newest;
            if (start < 0) {
                return -1;
            }
            ByteBuffer block = ring.block(start);
            long first = Long.reverseBytes(block.getLong(0));
            boolean isWhole = true;
            for (int i = NUMBERS - 1; i > 0; i--) {
                isWhole &= Long.reverseBytes(block.getLong(i * Long.BYTES)) == first;
            }
            if (ring.holds(start)) {
                return isWhole ? first : -2;
            }
        }
    }

    @Test
    void whatItHoldsIsTrue() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(4)
                .check(getClass());
    }
}
