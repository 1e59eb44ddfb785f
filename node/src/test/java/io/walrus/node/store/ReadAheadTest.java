package io.walrus.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.Replica;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.peer.Silence;
import io.walrus.node.peer.Terms;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.node.topic.TopicTable;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Readers who take one entry at a time, of several segments in turns.
class ReadAheadTest {
    private static final int ENTRY_BYTES = 1_000;
    private static final int ENTRIES = 200;
    private static final long CACHE_BYTES = 1 << 20;
    private static final long TIMEOUT_NS = 1_000;

    @TempDir
    private Path folder;

    private final MetadataView view = new MetadataView(new Replica(1, new UUID(1, 1)), new UUID(2, 1));
    private final TopicTable topics = new TopicTable();
    private final Now now = new Now();
    private SmallEngine small;
    private ReadAhead readAhead;
    private long readBytes;
    private long reads;
    private boolean hangs;
    private final List<Runnable> hanging = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        small = new SmallEngine(folder);
        BlockReads blocks = new BlockReads(small.engine(), new Readers(), new NoLock(), 1 << 20);
        Peers peers = new Peers(view, now, _ -> new Silence(), 1, 1, new Terms(1_000, 3, 2_000, 1_000));
        RemoteReads remote = new RemoteReads(peers, view, topics, now, ENTRY_BYTES);
        DamagedCopies damaged = new DamagedCopies(small.engine(), topics, 1);
        readAhead = new ReadAhead(blocks, remote, damaged, now, TIMEOUT_NS, CACHE_BYTES);
    }

    @AfterEach
    void close() throws IOException {
        small.close();
    }

    /// With as many segments as have room for one long block each there would be a cliff: a block is read for each
    /// entry.
    @Test
    void whatIsReadIsServedHoweverManySegmentsAreReadInTurns() throws IOException {
        for (int segments : List.of(1, 4, 16, 50)) {
            readBytes = 0;
            List<LogStream> streams = streams(segments);
            for (int offset = 0; offset < ENTRIES; offset++) {
                for (LogStream stream : streams) {
                    assertThat(UTF_8.decode(entry(stream, offset)).toString()).startsWith(offset + " ");
                }
            }
            long served = (long) segments * ENTRIES * ENTRY_BYTES;
            assertThat(readBytes).as("%d segments", segments).isLessThan(2 * served);
            streams.forEach(readAhead::forget);
        }
    }

    /// Few of the bytes around it are wanted by those who pick entries here and there.
    @Test
    void theFirstBlockOfASegmentIsShortAndEachNextOneLonger() throws IOException {
        LogStream stream = streams(1).getFirst();
        entry(stream, 0);
        long first = readBytes;
        assertThat(first).isLessThan(40 << 10);
        int offset = 1;
        while (reads == 1) {
            entry(stream, offset++);
        }
        assertThat(readBytes - first).isGreaterThan(first * 3 / 2);
    }

    @Test
    void aDiskThatHangsKeepsNobodyWaiting() throws IOException {
        Source source = new Source.Stored(streams(1).getFirst());
        List<ReadOutcome> outcomes = new ArrayList<>();
        hangs = true;
        readAhead.request(source, 0, 0, outcomes::add);
        now.set(0, TIMEOUT_NS);
        readAhead.request(source, 1, TIMEOUT_NS, outcomes::add);
        readAhead.tick();
        assertThat(outcomes).isEmpty();
        now.set(0, TIMEOUT_NS + 1);
        readAhead.tick();
        assertThat(outcomes)
                .containsExactly(new ReadOutcome.Failed("not ready: the entry could not be read in time; try again"));
        hanging.forEach(Runnable::run);
        assertThat(outcomes).hasSize(2).last().isInstanceOf(ReadOutcome.Found.class);
    }

    private ByteBuffer entry(LogStream stream, long offset) {
        Source source = new Source.Stored(stream);
        if (readAhead.find(source, offset) == null) {
            readAhead.request(source, offset, 0, outcome -> assertThat(outcome).isInstanceOf(ReadOutcome.Found.class));
        }
        return Objects.requireNonNull(readAhead.find(source, offset)).copy(offset);
    }

    private List<LogStream> streams(int count) throws IOException {
        List<LogStream> streams = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LogStream stream = small.create(new SegmentKey(count, i + 1));
            String[] entries = new String[ENTRIES];
            for (int k = 0; k < ENTRIES; k++) {
                String number = k + " ";
                entries[k] = number + "x".repeat(ENTRY_BYTES - number.length());
            }
            small.appendAll(stream, entries);
            streams.add(stream);
        }
        return streams;
    }

    /// Runs each read at once, and counts what came of it.
    private final class Readers implements BackgroundReads {
        @Override
        public void submit(Runnable task) {
            if (hangs) {
                hanging.add(task);
                return;
            }
            task.run();
        }

        @Override
        public void givenBack(ReadBuffer read) {
            readBytes += read.payloads().remaining();
            reads++;
        }
    }

    private static final class NoLock implements NodeLock {
        @Override
        public void enter() {}

        @Override
        public void exit() {}
    }
}
