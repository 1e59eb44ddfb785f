package io.walrus.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.port.BackgroundReads;
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
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockReadsTest {
    @TempDir
    private Path folder;

    private static final int BYTES = 1_000;
    private static final int MAX_SPARE_BYTES = 4 << 20;

    private final Deque<Runnable> background = new ArrayDeque<>();
    private final Readers readers = new Readers();
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
        reads = new BlockReads(engine, readers, lock, MAX_SPARE_BYTES);
    }

    @AfterEach
    void close() throws IOException {
        small.close();
    }

    @Test
    void memoryIsReadAtOnceAndTheDiskInTheBackground() {
        List<String> found = new ArrayList<>();
        reads.read(ReadKind.ENTRIES, stream, 1, BYTES, (block, failure) -> found.add(text(block)));
        assertThat(found).containsExactly("bc,def");
        assertThat(background).isEmpty();

        reads.readFromDisk(ReadKind.RECORDS, stream, 0, BYTES, (block, failure) -> {
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
            reads.readFromDisk(ReadKind.ENTRIES, stream, 0, BYTES, (block, failure) -> used.add(block));
        }
        runAll();
        assertThat(used).hasSize(1);
    }

    /// What a target keeps of a block is a copy: the next read writes over it.
    @Test
    void aBlockIsUsedAgainOnceItsTargetHasReturned() {
        List<String> told = new ArrayList<>();
        readers.givenBack = block -> told.add("given back: " + text(block));
        reads.readFromDisk(ReadKind.ENTRIES, stream, 0, BYTES, (block, failure) -> told.add(text(block)));
        reads.read(ReadKind.ENTRIES, stream, 2, BYTES, (block, failure) -> told.add(text(block)));
        runAll();
        assertThat(told).containsExactly("def", "given back: def", "a,bc,def", "given back: a,bc,def");
    }

    @Test
    void aReadTakesNoMoreThanIsWantedButOneEntryAlways() {
        List<String> found = new ArrayList<>();
        reads.readFromDisk(ReadKind.ENTRIES, stream, 0, 3, (block, failure) -> found.add(text(block)));
        reads.readFromDisk(ReadKind.ENTRIES, stream, 2, 1, (block, failure) -> found.add(text(block)));
        runAll();
        assertThat(found).containsExactly("a,bc", "def");
    }

    /// Those who wait for a read wait for ever if they are not told of its end, and with them all that come after.
    @Test
    void whateverAReadEndsWithIsTold() {
        List<String> told = new ArrayList<>();
        reads.readFromDisk(ReadKind.ENTRIES, none(), 0, BYTES, (block, failure) -> {
            assertThat(lock.held).isTrue();
            assertThat(block.isEmpty()).isTrue();
            told.add(String.valueOf(failure));
        });
        assertThatThrownBy(this::runAll).isInstanceOf(NullPointerException.class);
        assertThat(told).hasSize(1).first().asString().contains("broken off");
        assertThat(lock.held).isFalse();
    }

    /// A buffer that grew with a large entry is not kept beside others like it.
    @Test
    void onlySoMuchMemoryIsKept() {
        BlockReads small = new BlockReads(engine, readers, lock, 1);
        Set<ReadBuffer> used = new HashSet<>();
        small.readFromDisk(ReadKind.ENTRIES, stream, 0, BYTES, (block, failure) -> used.add(block));
        small.readFromDisk(ReadKind.ENTRIES, stream, 0, BYTES, (block, failure) -> used.add(block));
        runAll();
        assertThat(used).hasSize(2);
    }

    /// A fault of ours.
    @SuppressWarnings("NullAway")
    private static LogStream none() {
        return null;
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

    private final class Readers implements BackgroundReads {
        private Consumer<ReadBuffer> givenBack = _ -> {};

        @Override
        public void submit(Runnable task) {
            background.add(task);
        }

        @Override
        public void givenBack(ReadBuffer read) {
            givenBack.accept(read);
        }
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
