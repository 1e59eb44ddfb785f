package io.walrus.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Command.UpsertNode;
import io.walrus.metadata.Survivors.Loss;
import io.walrus.metadata.Survivors.Tail;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What is left of a cluster's metadata when nodes are gone for good.
class SurvivorsTest {
    private static final UUID OTHER = new UUID(9, 9);

    @Test
    void nodesThatAreGoneLeaveAndTheClusterIsAnotherOne() {
        Survivors left = Survivors.of(Fixtures.cluster(3), Set.of(2L, 3L), 1, OTHER);
        assertThat(left.state().nodes()).containsOnlyKeys(1L);
        assertThat(left.state().clusterId()).isEqualTo(OTHER);
        assertThat(left.losses()).isEmpty();
    }

    /// Each of the replicas left may have records that the others lack, so a seal needs them all: they are half.
    @Test
    void ofAnOpenSegmentAsManyGoneReplicasAreKeptAsThereAreOthers() {
        ClusterState before = withTopic(Fixtures.cluster(5), 1, 1, 2, 3, 4, 5);
        Survivors left = Survivors.of(before, Set.of(1L, 2L, 3L), 4, OTHER);
        OpenSegment open = Fixtures.topic(left.state(), "t").open();
        assertThat(open.replicas()).extracting(Replica::nodeId).containsExactlyInAnyOrder(4L, 5L, 1L, 2L);
        assertThat(open.leader()).isEqualTo(4);
        assertThat(open.number()).isEqualTo(Fixtures.topic(before, "t").open().number());
        assertThat(left.losses()).containsExactly(new Loss("t", List.of(), 0, open.number(), Tail.IN_DOUBT));
    }

    @Test
    void anOpenSegmentWithHalfOfItsReplicasLeftIsWhole() {
        ClusterState before = withTopic(Fixtures.cluster(5), 1, 1, 2, 3);
        Survivors left = Survivors.of(before, Set.of(3L, 4L, 5L), 2, OTHER);
        assertThat(Fixtures.topic(left.state(), "t").open())
                .isEqualTo(Fixtures.topic(before, "t").open());
        assertThat(left.losses()).isEmpty();
    }

    @Test
    void anOpenSegmentWithoutReplicasIsFollowedByAnEmptyOne() {
        ClusterState before = withTopic(Fixtures.cluster(5), 1, 1, 2, 3);
        long number = Fixtures.topic(before, "t").open().number();
        Survivors left = Survivors.of(before, Set.of(1L, 2L, 3L), 5, OTHER);
        OpenSegment open = Fixtures.topic(left.state(), "t").open();
        assertThat(open.number()).isEqualTo(number + 1);
        assertThat(open.replicas()).containsExactly(Fixtures.replica(5));
        assertThat(left.state().fate(1, number)).isEqualTo(SegmentFate.GONE);
        assertThat(left.losses()).containsExactly(new Loss("t", List.of(), 0, number, Tail.GONE));
    }

    @Test
    void sealedSegmentsWithoutACopyAreToldOfAndStay() {
        ClusterState before = withTopic(Fixtures.cluster(5), 1, 1, 2, 3);
        before = sealed(before, 7, 4, 4, 5, 1);
        before = sealed(before, 8, 1, 1, 2, 3);
        Survivors left = Survivors.of(before, Set.of(1L, 2L, 3L), 5, OTHER);
        // The first is on nodes 1, 2 and 3, the second on 4, 5 and 1, the open one on 1, 2 and 3.
        assertThat(left.losses()).hasSize(1);
        Loss loss = left.losses().getFirst();
        assertThat(loss.segments()).hasSize(1).doesNotContain(loss.open());
        assertThat(loss.entries()).isEqualTo(7);
        assertThat(loss.tail()).isEqualTo(Tail.GONE);
        assertThat(Fixtures.topic(left.state(), "t").sealed())
                .isEqualTo(Fixtures.topic(before, "t").sealed());
    }

    /// A copy counts on the disk only that it was made on.
    @Test
    void aCopyOnADiskThatWasReplacedIsNoneThatIsLeft() {
        ClusterState before = withTopic(Fixtures.cluster(3), 1, 1, 2, 3);
        before = applied(before, new UpsertNode(new NodeInfo(1, "h:1", "h:2", new UUID(8, 8), new UUID(1, 1))));
        Survivors left = Survivors.of(before, Set.of(2L, 3L), 1, OTHER);
        assertThat(left.losses()).extracting(Loss::tail).containsExactly(Tail.GONE);
    }

    @Test
    void theCountsOfReplicasAreThoseOfTheState() throws IOException {
        ClusterState before = withTopic(Fixtures.cluster(5), 1, 1, 2, 3, 4, 5);
        before = sealed(before, 7, 2, 2, 3, 4);
        ClusterState left = Survivors.of(before, Set.of(1L, 2L, 3L), 5, OTHER).state();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SnapshotCodec.write(left, bytes);
        assertThat(SnapshotCodec.read(new ByteArrayInputStream(bytes.toByteArray())))
                .isEqualTo(left);
    }

    @Test
    void theStateGoesOn() {
        ClusterState before = withTopic(Fixtures.cluster(3), 1, 1, 2, 3);
        ClusterState left = Survivors.of(before, Set.of(2L, 3L), 1, OTHER).state();
        left = sealed(left, 5, 1, 1);
        assertThat(Fixtures.topic(left, "t").sealedEntries()).isEqualTo(5);
        SealedSegment sealed = Fixtures.topic(left, "t").sealed().firstEntry().getValue();
        left = applied(left, new SetReplicas(1, sealed.number(), 0, List.of(Fixtures.replica(1))));
        assertThat(Fixtures.topic(left, "t").sealed()).containsOnlyKeys(sealed.number());
        assertThat(Fixtures.topic(left, "t").sealed().firstEntry().getValue().replicas())
                .hasSize(1);
    }

    /// A topic whose open segment has these replicas.
    private static ClusterState withTopic(ClusterState state, long leader, long... replicas) {
        ClusterState created = applied(state, new CreateTopic("t", 1));
        return sealed(created, 0, leader, replicas);
    }

    /// Seals the topic's open segment with that many entries; the next one has these replicas.
    private static ClusterState sealed(ClusterState state, long entries, long leader, long... replicas) {
        List<Replica> next = Fixtures.replicas(replicas);
        long open = Fixtures.topic(state, "t").open().number();
        return applied(state, new SealSegment(1, open, entries, entries, entries, Map.of(), leader, next));
    }

    private static ClusterState applied(ClusterState state, Command command) {
        Applied applied = state.apply(command);
        assertThat(applied.changes()).isNotEmpty();
        return applied.state();
    }
}
