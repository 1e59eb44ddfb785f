package io.walrus.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.Replica;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.peer.Silence;
import io.walrus.node.peer.Terms;
import io.walrus.node.port.NodeLock;
import io.walrus.node.topic.TopicTable;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentsTest {
    private static final SegmentKey KEY = new SegmentKey(7, 1);

    private final Deque<Runnable> background = new ArrayDeque<>();
    private final List<String> ended = new ArrayList<>();

    /// The records before the cut are in a file by then. It is read where nobody has the lock.
    @Test
    void aCopyIsCutWithoutAReadUnderTheLock(@TempDir Path folder) throws IOException {
        try (SmallEngine small = new SmallEngine(folder)) {
            LogEngine engine = small.engine();
            LogStream copy = small.create(KEY);
            small.append(copy, "a", "b", "c", "d");
            engine.checkpoint();
            Segments segments = segments(engine);
            engine.lock();
            segments.truncate(copy, 2, () -> ended.add("cut"));
            engine.unlock();
            assertThat(copy.durableRecords()).isEqualTo(4);
            assertThat(ended).isEmpty();
            background.remove().run();
            assertThat(ended).containsExactly("cut");
            assertThat(copy.durableRecords()).isEqualTo(2);
        }
    }

    @Test
    void aCopyThatIsGoneMeanwhileIsLeftAlone(@TempDir Path folder) throws IOException {
        try (SmallEngine small = new SmallEngine(folder)) {
            LogEngine engine = small.engine();
            LogStream copy = small.create(KEY);
            small.append(copy, "a", "b");
            engine.checkpoint();
            Segments segments = segments(engine);
            engine.lock();
            segments.truncate(copy, 1, () -> ended.add("gone"));
            assertThat(segments.drop(copy)).isTrue();
            engine.unlock();
            background.remove().run();
            assertThat(ended).containsExactly("gone");
            assertThat(segments.isDamaged(copy)).isFalse();
        }
    }

    private Segments segments(LogEngine engine) {
        MetadataView view = new MetadataView(new Replica(1, new UUID(1, 1)), new UUID(2, 1));
        Now now = new Now();
        TopicTable topics = new TopicTable();
        Peers peers = new Peers(view, now, _ -> new Silence(), 1, 1, new Terms(1_000, 3, 2_000, 1_000));
        NodeLock lock = new EngineLock(engine);
        BlockReads reads = new BlockReads(engine, background::add, lock, 1 << 20);
        DamagedCopies damaged = new DamagedCopies(engine, topics, 1);
        ReadAhead readAhead =
                new ReadAhead(reads, new RemoteReads(peers, view, topics, now, 1_000), damaged, now, 1, 1 << 20);
        return new Segments(engine, new Entries(engine, readAhead), damaged, view, background::add, lock);
    }

    private record EngineLock(LogEngine engine) implements NodeLock {
        @Override
        public void enter() {
            engine.lock();
        }

        @Override
        public void exit() {
            engine.unlock();
        }
    }
}
