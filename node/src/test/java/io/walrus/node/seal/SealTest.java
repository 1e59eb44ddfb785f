package io.walrus.node.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.peer.SegmentKey;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class SealTest {
    private static final SegmentKey KEY = new SegmentKey(7, 3);
    private static final List<Replica> REPLICAS = List.of(replica(1), replica(2), replica(3), replica(4), replica(5));

    private final Seal seal = new Seal(
            new Topic(7, "logs", TreePMap.empty(), new OpenSegment(3, 1, REPLICAS, TreePMap.empty()), 0, 0), 100);

    private static Replica replica(long nodeId) {
        return new Replica(nodeId, new UUID(1, nodeId));
    }

    private static CopyLength length(long records) {
        return new CopyLength(KEY, records, records, 10 * records, true, null);
    }

    @Test
    void isOfTheOpenSegment() {
        assertThat(seal.key()).isEqualTo(KEY);
        assertThat(seal.leader()).isEqualTo(1);
        assertThat(seal.replicas()).isEqualTo(REPLICAS);
        assertThat(seal.step()).isEqualTo(Seal.Step.BEGIN);
        assertThat(seal.sinceNs()).isEqualTo(100);
    }

    /// A shorter copy may lack what was acknowledged; a longer one has at most what was not.
    @Test
    void theLongestCopyCounts() {
        seal.answered(2, length(4));
        seal.answered(3, length(6));
        seal.answered(5, length(6));
        assertThat(seal.answers()).isEqualTo(3);
        assertThat(seal.hasAnswered(4)).isFalse();

        seal.choose();
        assertThat(seal.longest().records()).isEqualTo(6);
        assertThat(seal.holders()).containsExactlyInAnyOrder(3L, 5L);
        assertThat(seal.shorter()).containsExactly(2L);
    }

    @Test
    void theLongestOfTheShorterOnesIsFilledFirst() {
        seal.answered(2, length(1));
        seal.answered(3, length(9));
        seal.answered(4, length(5));
        seal.answered(5, length(1));
        seal.choose();
        assertThat(seal.shorter()).containsExactly(4L, 2L, 5L);
    }

    /// The length is settled by then. Who has more than that has what nobody counted, and is cut later.
    @Test
    void anAnswerThatIsLateHoldsTheSettledLengthOrNot() {
        seal.answered(2, length(4));
        seal.answered(3, length(4));
        seal.choose();
        seal.answered(4, length(7));
        seal.answered(5, length(3));
        assertThat(seal.longest().records()).isEqualTo(4);
        assertThat(seal.holders()).containsExactlyInAnyOrder(2L, 3L, 4L);
        assertThat(seal.shorter()).containsExactly(5L);
    }

    @Test
    void copiesInDoubtAreNotVouchedFor() {
        seal.answered(2, length(4));
        seal.answered(3, new CopyLength(KEY, 2, 2, 20, false, null));
        assertThat(seal.answers()).isEqualTo(2);
        assertThat(seal.vouched()).isEqualTo(1);
    }

    @Test
    void nothingOfAnEarlierAttemptCounts() {
        seal.go(Seal.Step.FENCING, 200);
        seal.answered(2, length(4));
        seal.choose();
        int before = seal.attempt();

        seal.again(300);
        assertThat(seal.attempt()).isGreaterThan(before);
        assertThat(seal.step()).isEqualTo(Seal.Step.BEGIN);
        assertThat(seal.sinceNs()).isEqualTo(300);
        assertThat(seal.answers()).isZero();
        assertThat(seal.holders()).isEmpty();
        assertThatThrownBy(seal::longest)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not settled");
    }

    @Test
    void aWarningIsGivenOnce() {
        assertThat(seal.firstWait()).isTrue();
        assertThat(seal.firstWait()).isFalse();
        seal.again(300);
        assertThat(seal.firstWait()).isFalse();
    }
}
