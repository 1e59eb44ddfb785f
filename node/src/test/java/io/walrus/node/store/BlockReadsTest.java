package io.walrus.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walrus.node.peer.ReadKind;
import io.walrus.node.port.NodeLock;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockReadsTest {
    @TempDir
    private Path folder;

    private final Deque<Runnable> background = new ArrayDeque<>();
    private final CountingLock lock = new CountingLock();
    private LogEngine engine;
    private LogStream stream;
    private BlockReads reads;

    @BeforeEach
    void openWithThreeEntries() throws IOException {
        engine = LogEngine.open(
                folder,
                EngineConfig.builder()
                        .blockBytes(64 << 10)
                        .ringBlocks(4)
                        .fileBytes(256 << 10)
                        .checkpointBytes(512 << 10)
                        .maxJournalBytes(2 << 20)
                        .minFreeBytes(0)
                        .build(),
                EngineListener.NONE);
        engine.lock();
        try {
            stream = engine.createStream(new byte[] {1});
            for (String entry : List.of("a", "bc", "def")) {
                engine.append(stream, ByteBuffer.wrap(entry.getBytes(UTF_8)), 1);
            }
        } finally {
            engine.unlock();
        }
        await().until(() -> read(ReadKind.ENTRIES, 0).size() == 3);
        reads = new BlockReads(engine, background::add, lock);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    @Test
    void memoryIsReadAtOnceAndTheDiskInTheBackground() {
        List<String> found = new ArrayList<>();
        reads.read(ReadKind.ENTRIES, stream, 1, (block, failure) -> found.add(text(block)));
        assertThat(found).containsExactly("bc,def");
        assertThat(background).isEmpty();

        reads.readFromDisk(ReadKind.RECORDS, stream, 0, (block, failure) -> {
            assertThat(lock.held).isTrue();
            found.add(text(block));
        });
        assertThat(found).hasSize(1);
        runAll();
        assertThat(found).containsExactly("bc,def", "a,bc,def");
        assertThat(lock.held).isFalse();
    }

    /// Memory for a read that waits behind a slow disk would be taken by thousands of them at once.
    @Test
    void readsThatWaitTakeNoBuffer() {
        Set<ReadBuffer> used = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            reads.readFromDisk(ReadKind.ENTRIES, stream, 0, (block, failure) -> {
                used.add(block);
                reads.release(block);
            });
        }
        runAll();
        assertThat(used).hasSize(1);
    }

    @Test
    void aBlockThatIsKeptIsNobodyElses() {
        List<ReadBuffer> kept = new ArrayList<>();
        reads.readFromDisk(ReadKind.ENTRIES, stream, 0, (block, failure) -> kept.add(block));
        reads.readFromDisk(ReadKind.ENTRIES, stream, 2, (block, failure) -> kept.add(block));
        runAll();
        assertThat(kept.stream().map(BlockReadsTest::text)).containsExactly("a,bc,def", "def");
    }

    private List<String> read(ReadKind kind, long from) {
        List<String> entries = new ArrayList<>();
        new BlockReads(engine, Runnable::run, lock).readFromDisk(kind, stream, from, (block, failure) -> {
            for (int i = 0; failure == null && i < block.count(); i++) {
                entries.add(new String(block.bytes(i), UTF_8));
            }
        });
        return entries;
    }

    private void runAll() {
        while (!background.isEmpty()) {
            background.remove().run();
        }
    }

    private static String text(ReadBuffer block) {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < block.count(); i++) {
            entries.add(new String(block.bytes(i), UTF_8));
        }
        return String.join(",", entries);
    }

    private static final class CountingLock implements NodeLock {
        private boolean held;

        @Override
        public void enter() {
            held = true;
        }

        @Override
        public void exit() {
            held = false;
        }
    }
}
