package io.walrus.node.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.topic.ServedTopic.Phase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class ServedTopicTest {
    private static final List<Replica> REPLICAS = List.of(new Replica(1, new UUID(1, 1)));

    /// Segment 3 was sealed without entries and left the chain.
    private final ServedTopic topic = new ServedTopic(new Topic(
            7,
            "logs",
            TreePMap.<Long, SealedSegment>empty()
                    .plus(1L, sealed(1))
                    .plus(2L, sealed(2))
                    .plus(4L, sealed(4)),
            new OpenSegment(6, 1, REPLICAS, TreePMap.empty()),
            15,
            0));

    private final Session session = new Session(new ClientMemory(64 << 20), 8, () -> {});

    private static SealedSegment sealed(long number) {
        return new SealedSegment(number, 5, 5, 50, 1, REPLICAS, 0);
    }

    @Test
    void theChainHasGapsAndEndsInTheOpenSegment() {
        assertThat(topic.segmentAfter(1)).isEqualTo(2);
        assertThat(topic.segmentAfter(2)).isEqualTo(4);
        assertThat(topic.segmentAfter(3)).isEqualTo(4);
        assertThat(topic.segmentAfter(4)).isEqualTo(6);
        assertThat(topic.openKey()).isEqualTo(new SegmentKey(7, 6));
    }

    @Test
    void nothingIsLedBeforeItsStreamIsThere() {
        assertThat(topic.phase()).isEqualTo(Phase.UNLED);
        topic.opening();
        assertThat(topic.isLeading()).isFalse();
        assertThat(topic.ledIfAny()).isNull();
        assertThat(topic.openEntries()).isZero();
        assertThatThrownBy(topic::led).hasMessageContaining("not led here");
    }

    @Test
    void aTopicIsIdleWhenNothingWaitsThatTimeCouldHelp() {
        assertThat(topic.isIdle()).isTrue();
        topic.opening();
        assertThat(topic.isIdle()).isFalse();
        topic.abandoned();
        assertThat(topic.isIdle()).as("until another segment is open").isFalse();
        topic.unled();
        assertThat(topic.isIdle()).isTrue();

        topic.waitingPuts().add(session.add());
        assertThat(topic.isIdle()).isFalse();
        topic.waitingPuts().clear();
        topic.waitingGets().add(session.add());
        assertThat(topic.isIdle()).isFalse();
        topic.waitingGets().clear();
        topic.sealingGets().add(session.add());
        assertThat(topic.isIdle()).isFalse();
        topic.sealingGets().clear();
        long _ = topic.forwarded().sent(6);
        assertThat(topic.isIdle()).isFalse();
        topic.forwarded().ended();
        assertThat(topic.isIdle()).isTrue();
    }

    @Test
    void entriesHandedOutWaitForTheCursorsRecord() {
        assertThat(topic.hasUnloggedCursor()).isFalse();
        topic.unloggedGets().add(session.add());
        assertThat(topic.hasUnloggedCursor()).isTrue();
        assertThat(topic.isIdle()).isFalse();
    }
}
