package io.walrus.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.port.NodeLock;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import java.io.IOException;
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
    private SmallEngine small;
    private LogEngine engine;
    private LogStream stream;
    private BlockReads reads;

    @BeforeEach
    void openWithThreeEntries() throws IOException {
        small = new SmallEngine(folder);
        engine = small.engine();
        stream = small.create(new SegmentKey(1, 1));
        small.append(stream, "a", "bc", "def");
        reads = new BlockReads(engine, background::add, lock);
    }

    @AfterEach
    void close() throws IOException {
        small.close();
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
