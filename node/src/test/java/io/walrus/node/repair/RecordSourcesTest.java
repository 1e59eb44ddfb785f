package io.walrus.node.repair;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.Replica;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.peer.Silence;
import io.walrus.node.peer.Terms;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.node.store.BlockReads;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.store.Entries;
import io.walrus.node.store.ReadAhead;
import io.walrus.node.store.RemoteReads;
import io.walrus.node.store.Segments;
import io.walrus.node.store.SmallEngine;
import io.walrus.node.topic.TopicTable;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordSourcesTest {
    private static final SegmentKey KEY = new SegmentKey(7, 1);
    private static final int ENTRY_BYTES = 1_000;

    /// Overwrites what is given back, as a simulation does.
    private static final class Readers implements BackgroundReads {
        private final Deque<Runnable> waiting = new ArrayDeque<>();

        @Override
        public void submit(Runnable task) {
            waiting.add(task);
        }

        @Override
        public void givenBack(ReadBuffer read) {
            ByteBuffer bytes = read.payloads();
            while (bytes.hasRemaining()) {
                bytes.put((byte) '!');
            }
        }
    }

    private static final class NoLock implements NodeLock {
        @Override
        public void enter() {}

        @Override
        public void exit() {}
    }

    /// The log may have no room for the records at once. By the time it has, the buffer they were read into holds those
    /// of another segment, and they would be stored with checksums of their own.
    @Test
    void recordsOfThisNodesOwnCopyAreWholeHoweverLateTheyAreStored(@TempDir Path folder) throws IOException {
        try (SmallEngine small = new SmallEngine(folder)) {
            LogStream stream = small.create(KEY);
            small.append(stream, "a".repeat(ENTRY_BYTES), "b".repeat(ENTRY_BYTES));
            Readers readers = new Readers();
            MetadataView view = new MetadataView(new Replica(1, new UUID(1, 1)), new UUID(2, 1));
            Now now = new Now();
            TopicTable topics = new TopicTable();
            Peers peers = new Peers(view, now, _ -> new Silence(), 1, 1, new Terms(1_000, 3, 2_000, 1_000));
            NodeLock lock = new NoLock();
            BlockReads reads = new BlockReads(small.engine(), readers, lock, 1 << 20);
            DamagedCopies damaged = new DamagedCopies(small.engine(), topics, 1);
            ReadAhead readAhead = new ReadAhead(
                    reads, new RemoteReads(peers, view, topics, now, ENTRY_BYTES), damaged, now, 1, 1 << 20);
            Entries entries = new Entries(small.engine(), readAhead);
            Segments segments = new Segments(small.engine(), entries, damaged, view, readers, lock);
            RecordSources sources = new RecordSources(view, peers, segments, reads, now, 0);
            CopyPlacement placement = new CopyPlacement(view, new LiveNodes(view, now, 1), 2);
            Transfers transfers = new Transfers(small.engine(), segments, sources, placement);
            // Not among those that the transfers know of: what has come for it stays with it.
            Transfer transfer = new Transfer(transfers, KEY, 2, List.of(1L), Transfer.Kind.REPLACE, _ -> {});

            assertThat(sources.ask(transfer, 0)).isTrue();
            readers.waiting.remove().run();

            RecordBlock block = Objects.requireNonNull(transfer.block());
            assertThat(UTF_8.decode(block.copy(0)).toString()).isEqualTo("a".repeat(ENTRY_BYTES));
            assertThat(UTF_8.decode(block.copy(1)).toString()).isEqualTo("b".repeat(ENTRY_BYTES));
        }
    }
}
