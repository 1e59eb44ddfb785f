package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whoever follows a stream finds its newest records in memory, however many streams there are to be flushed.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NewestInMemoryTest {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int RING_BLOCKS = 16;
    private static final int STREAMS = 16;
    private static final int ENTRY_BYTES = 1000;
    private static final int ROUNDS = 200;

    private final RoomRounds room = new RoomRounds();

    @TempDir
    Path folder = Path.of("");

    @Test
    void theNewestRecordsStayInMemoryWhileOlderOnesAreFlushed() throws IOException {
        EngineConfig config = EngineConfig.builder()
                .policy(FsyncPolicy.group())
                .blockBytes(BLOCK_BYTES)
                .ringBlocks(RING_BLOCKS)
                .minFreeBytes(0)
                .build();
        try (LogEngine engine = LogEngine.open(folder, config, room)) {
            List<LogStream> streams = create(engine);
            ReadBuffer newest = new ReadBuffer(ENTRY_BYTES);
            for (long round = 0; round < ROUNDS; round++) {
                engine.awaitDurable(appendToEach(engine, streams));
                while (engine.status().unflushedBytes() > BLOCK_BYTES * RING_BLOCKS / 2) {
                    Thread.onSpinWait();
                }
                for (LogStream stream : streams) {
                    assertThat(engine.readRecordsInMemory(stream, round, newest))
                            .as("record %s of stream %s is in memory", round, stream.id())
                            .isTrue();
                    assertThat(newest.count()).isEqualTo(1);
                }
            }
            assertThat(streams.getFirst().chain().files())
                    .as("files of a stream, older records of which were flushed")
                    .isNotEmpty();
        }
    }

    private static List<LogStream> create(LogEngine engine) throws StorageException {
        List<LogStream> streams = new ArrayList<>();
        engine.lock();
        try {
            for (int i = 0; i < STREAMS; i++) {
                streams.add(engine.createStream(new byte[] {(byte) i}));
            }
        } finally {
            engine.unlockAndCommit();
        }
        return streams;
    }

    private long appendToEach(LogEngine engine, List<LogStream> streams) throws StorageException {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
        long group = -1;
        for (LogStream stream : streams) {
            group = Changes.apply(engine, room, () -> engine.append(stream, entry, 7));
        }
        return group;
    }
}
