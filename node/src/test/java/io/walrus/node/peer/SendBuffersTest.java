package io.walrus.node.peer;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/// A buffer has one user at a time.
public class SendBuffersTest {
    private static final AtomicLong USES = new AtomicLong();
    private static final int NUMBERS = 64;

    private final SendBuffers buffers = new SendBuffers();

    @Operation
    public boolean use() {
        ByteBuffer buffer = buffers.take(NUMBERS * Long.BYTES);
        long mine = USES.incrementAndGet();
        boolean isOurs = buffer.position() == 0 && buffer.limit() == buffer.capacity();
        for (int i = 0; i < NUMBERS; i++) {
            buffer.putLong(mine);
        }
        for (int i = 0; i < NUMBERS; i++) {
            isOurs &= buffer.getLong(i * Long.BYTES) == mine;
        }
        buffers.give(buffer);
        return isOurs;
    }

    @Test
    void noneIsUsedTwiceAtATime() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(4)
                .check(getClass());
    }
}
