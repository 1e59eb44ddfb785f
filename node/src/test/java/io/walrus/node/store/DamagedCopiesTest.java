package io.walrus.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.TopicTable;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

class DamagedCopiesTest {
    private static final Replica SELF = new Replica(1, new UUID(1, 1));
    private static final Replica OTHER = new Replica(2, new UUID(1, 2));
    /// Segment 1 is on both nodes, 2 on this one alone, and 3 is open.
    private static final SegmentKey SHARED = new SegmentKey(7, 1);

    private static final SegmentKey OWN = new SegmentKey(7, 2);
    private static final SegmentKey OPEN = new SegmentKey(7, 3);

    @TempDir
    private Path folder;

    private final IOException damage = new StorageException(Category.CORRUPT, "a record is not there");
    private final TopicTable topics = new TopicTable();
    private SmallEngine small;
    private LogEngine engine;
    private DamagedCopies damaged;

    @BeforeEach
    void open() throws IOException {
        small = new SmallEngine(folder);
        engine = small.engine();
        damaged = new DamagedCopies(engine, topics, SELF.nodeId());
        TreePMap<Long, SealedSegment> sealed = TreePMap.<Long, SealedSegment>empty()
                .plus(1L, new SealedSegment(1, 5, 5, 50, 1, List.of(SELF, OTHER), 0))
                .plus(2L, new SealedSegment(2, 5, 5, 50, 1, List.of(SELF), 0));
        OpenSegment open = new OpenSegment(3, 1, List.of(SELF, OTHER), TreePMap.empty());
        topics.add(new ServedTopic(new Topic(7, "t", sealed, open, 10, 0)));
    }

    @AfterEach
    void close() throws IOException {
        small.close();
    }

    @Test
    void onlyWhatIsSealedAndOnOtherNodesTooIsReadAround() throws IOException {
        assertThat(damaged.failed(create(SHARED.encode()), damage)).isTrue();
        assertThat(damaged.failed(create(OWN.encode()), damage)).isFalse();
        assertThat(damaged.failed(create(OPEN.encode()), new IOException("Input/output error")))
                .isFalse();
        assertThat(damaged.count()).isEqualTo(3);
        assertThat(damaged.takeFound()).containsExactly(SHARED, OWN, OPEN);
        assertThat(damaged.hasFound()).isFalse();
    }

    @Test
    void aRefusalIsNoDamage() throws IOException {
        LogStream copy = create(SHARED.encode());
        for (Category category : List.of(Category.CLOSED, Category.TRIMMED, Category.NO_ROOM)) {
            assertThat(damaged.failed(copy, new StorageException(category, "no")))
                    .as("%s", category)
                    .isFalse();
        }
        assertThat(damaged.isEmpty()).isTrue();
    }

    /// The read failed just before the copy was replaced, and says so afterwards.
    @Test
    void aCopyThatHasGoneMeanwhileIsLookedForAgainAndNotRemembered() throws IOException {
        LogStream copy = create(SHARED.encode());
        engine.lock();
        try {
            assertThat(engine.delete(copy)).isNotNegative();
        } finally {
            engine.unlock();
        }
        assertThat(damaged.failed(copy, damage)).isTrue();
        assertThat(damaged.isEmpty()).isTrue();
    }

    @Test
    void ofTwoCopiesTheOlderOneComesFirstWhicheverKeyItHas() throws IOException {
        LogStream second = create(SHARED.encodeSecond());
        assertThat(Segments.copies(engine, SHARED)).containsExactly(second);
        LogStream first = create(SHARED.encode());
        assertThat(Segments.copies(engine, SHARED)).containsExactly(second, first);
        assertThat(SegmentKey.decode(second.key())).isEqualTo(SegmentKey.decode(first.key()));
        assertThat(Segments.copies(engine, OWN)).isEmpty();
    }

    private LogStream create(byte[] key) throws IOException {
        engine.lock();
        try {
            return engine.createStream(key);
        } finally {
            engine.unlock();
        }
    }
}
