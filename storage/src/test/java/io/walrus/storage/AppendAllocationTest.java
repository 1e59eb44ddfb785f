package io.walrus.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An append allocates nothing once all is warm: neither on the thread that appends, nor, but for a little per commit
/// and per file written, on the engine's own.
class AppendAllocationTest {
    private static final int WARM_UP = 50_000;
    private static final int APPENDS = 100_000;
    private static final int PER_HOLD = 16;
    /// What commits, flushes, checkpoints and the test's own runner may allocate, spread over the appends.
    private static final double OTHERS_BYTES_PER_APPEND = 4;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    @Test
    void withoutForce() throws IOException {
        check(FsyncPolicy.os());
    }

    @Test
    void withForce() throws IOException {
        check(FsyncPolicy.group());
    }

    private void check(FsyncPolicy policy) throws IOException {
        EngineConfig config = EngineConfig.builder()
                .policy(policy)
                .blockBytes(1 << 20)
                .ringBlocks(8)
                .fileBytes(16 << 20)
                .checkpointBytes(32 << 20)
                .maxJournalBytes(128 << 20)
                .minFreeBytes(0)
                .build();
        try (LogEngine engine = LogEngine.open(folder.resolve("data"), config, EngineListener.NONE)) {
            LogStream stream = create(engine);
            ByteBuffer entry = ByteBuffer.allocate(200);
            append(engine, stream, entry, WARM_UP);
            long all = threads.getTotalThreadAllocatedBytes();
            long own = threads.getCurrentThreadAllocatedBytes();
            append(engine, stream, entry, APPENDS);
            double ownBytes = (double) (threads.getCurrentThreadAllocatedBytes() - own) / APPENDS;
            double allBytes = (double) (threads.getTotalThreadAllocatedBytes() - all) / APPENDS;
            System.out.printf(
                    "%s: %.3f bytes allocated per append by the appender, %.3f by all threads%n",
                    policy, ownBytes, allBytes);
            assertThat(ownBytes).isLessThan(1);
            assertThat(allBytes).isLessThan(OTHERS_BYTES_PER_APPEND);
        }
    }

    private static LogStream create(LogEngine engine) throws StorageException {
        engine.lock();
        try {
            return engine.createStream(new byte[] {1});
        } finally {
            engine.unlock();
        }
    }

    private static void append(LogEngine engine, LogStream stream, ByteBuffer entry, int count)
            throws StorageException {
        int done = 0;
        while (done < count) {
            long round = engine.roomRound();
            long group = LogEngine.NO_ROOM;
            engine.lock();
            try {
                for (int i = 0; i < PER_HOLD; i++) {
                    long next = engine.append(stream, entry, 1);
                    if (next == LogEngine.NO_ROOM) {
                        break;
                    }
                    group = next;
                    done++;
                }
            } finally {
                engine.unlockAndCommit();
            }
            if (group == LogEngine.NO_ROOM) {
                engine.awaitRoomAfter(round);
            } else {
                engine.awaitCommitted(group);
            }
        }
    }
}
