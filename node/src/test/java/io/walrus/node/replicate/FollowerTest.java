package io.walrus.node.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.SmallEngine;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// What is to be sent to one follower, and what is under way.
class FollowerTest {
    private static final int MUCH = 3 << 20;

    @TempDir
    private Path folder;

    private final Follower follower = new Follower(2);
    private SmallEngine engine;
    private Progress first;
    private Progress second;

    @BeforeEach
    void open() throws IOException {
        engine = new SmallEngine(folder);
        first = progress(1);
        second = progress(2);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    private Progress progress(long topicId) throws IOException {
        Replica self = new Replica(1, new UUID(1, 1));
        OpenSegment open = new OpenSegment(1, 1, List.of(self, new Replica(2, new UUID(1, 2))), TreePMap.empty());
        SegmentKey key = new SegmentKey(topicId, 1);
        return new LedSegment(key, open, engine.create(key), self).followers()[0];
    }

    @Test
    void segmentsTakeTurnsAndEachWaitsOnce() {
        follower.add(first);
        follower.add(second);
        follower.add(first);
        assertThat(follower.next()).isSameAs(first);
        assertThat(follower.next()).isSameAs(second);
        assertThat(follower.next()).isNull();
    }

    @Test
    void aBatchIsAnsweredAsAWholeWithWhatWasSentInIt() {
        follower.sent(first, 10);
        first.restart(0);
        follower.sent(first, 20);
        follower.sent(second, 30);
        assertThat(follower.hasOpenBatch()).isTrue();
        long number = follower.endBatch(7);
        assertThat(follower.hasOpenBatch()).isFalse();

        Follower.Batch batch = Objects.requireNonNull(follower.answered(number));
        assertThat(batch.runs())
                .extracting(Follower.Run::progress, Follower.Run::epoch)
                .containsExactly(tuple(first, 0), tuple(first, 1), tuple(second, 0));
        assertThat(batch.sentNs()).isEqualTo(7);
        assertThat(batch.bytes()).isEqualTo(60);
    }

    @Test
    void twoBatchesAreUnderWayAtMost() {
        follower.sent(first, 1);
        long one = follower.endBatch(0);
        assertThat(follower.takesMore()).isTrue();
        follower.sent(first, 1);
        long two = follower.endBatch(0);
        assertThat(follower.takesMore()).isFalse();

        assertThat(follower.answered(two))
                .as("answers come in the order of the batches")
                .isNull();
        assertThat(follower.answered(one)).isNotNull();
        assertThat(follower.takesMore()).isTrue();
        assertThat(follower.answered(one)).as("a second time").isNull();
    }

    @Test
    void fewBytesAreUnderWayAtATime() {
        follower.sent(first, MUCH);
        assertThat(follower.takesMore()).isTrue();
        follower.sent(second, MUCH);
        assertThat(follower.takesMore()).isFalse();
        long number = follower.endBatch(0);
        assertThat(follower.takesMore()).isFalse();
        assertThat(follower.answered(number)).isNotNull();
        assertThat(follower.takesMore()).isTrue();
    }

    /// The channel broke: the other node may have been told everything, or nothing.
    @Test
    void nothingIsUnderWayAfterAReset() {
        follower.add(first);
        follower.sent(second, MUCH);
        long lost = follower.endBatch(0);
        follower.sent(second, MUCH);
        follower.reset();
        assertThat(follower.hasOpenBatch()).isFalse();
        assertThat(follower.next()).isNull();
        assertThat(follower.answered(lost)).isNull();
        assertThat(follower.takesMore()).isTrue();
    }
}
