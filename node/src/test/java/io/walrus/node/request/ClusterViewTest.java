package io.walrus.node.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.NodeReport;
import io.walrus.node.repair.UnderReplicated;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
    private static final int FACTOR = 3;

    private ClusterState state = ClusterState.EMPTY;

    private void apply(Command command) {
        state = state.apply(command).state();
    }

    private void nodes(int count) {
        apply(new Command.InitCluster(new UUID(1, 1)));
        LongStream.rangeClosed(1, count).forEach(id -> disk(id, 1));
    }

    private void disk(long nodeId, long disk) {
        apply(new Command.UpsertNode(
                new NodeInfo(nodeId, "a:" + nodeId, "b:" + nodeId, new UUID(disk, nodeId), new UUID(3, nodeId))));
    }

    private Topic topic() {
        return Objects.requireNonNull(state.topic(1));
    }

    /// A topic with one sealed and one open segment, whose leaders are two nodes.
    private void topicWithTwoSegments() {
        apply(new Command.CreateTopic("logs", FACTOR));
        apply(new Command.SealSegment(
                1,
                topic().open().number(),
                1,
                1,
                10,
                Map.of(),
                topic().open().replicas().getLast().nodeId(),
                topic().open().replicas().reversed()));
    }

    private UnderReplicated seen(long... alive) {
        List<NodeReport> reports = LongStream.of(alive)
                .mapToObj(node -> new NodeReport(node, LogHealth.OK, true, 0))
                .toList();
        return new ClusterView(state, 1, reports, FACTOR).underReplicated();
    }

    @Test
    void allIsWellWhenAllAreAlive() {
        nodes(3);
        topicWithTwoSegments();
        assertThat(seen(1, 2, 3)).isEqualTo(new UnderReplicated(0, 0));
        assertThat(state.counts().sealedIf(_ -> true)).isEqualTo(1);
        assertThat(state.counts().ledBy(topic().open().leader())).isEqualTo(1);
    }

    @Test
    void copiesOnDeadNodesAreMissed() {
        nodes(3);
        topicWithTwoSegments();
        assertThat(seen(1, 2)).isEqualTo(new UnderReplicated(1, 1));
    }

    @Test
    void copiesOnLostDisksAreMissed() {
        nodes(3);
        topicWithTwoSegments();
        disk(2, 2);
        assertThat(seen(1, 2, 3)).isEqualTo(new UnderReplicated(1, 1));
    }

    @Test
    void copiesOnLeavingNodesAreMissedWhereOthersCanHaveThem() {
        nodes(4);
        topicWithTwoSegments();
        long leaving = topic().open().leader();
        apply(new Command.SetNodeStatus(leaving, null, NodeStatus.LEAVING));
        assertThat(seen(1, 2, 3, 4)).isEqualTo(new UnderReplicated(1, 1));
    }

    @Test
    void noMoreCopiesAreMissedThanThereAreNodes() {
        nodes(2);
        topicWithTwoSegments();
        assertThat(seen(1, 2)).isEqualTo(new UnderReplicated(0, 0));
        assertThat(seen(1)).isEqualTo(new UnderReplicated(1, 1));
    }

    /// Nobody has told of any node yet.
    @Test
    void withoutReportsNoCopyCanBeCountedOn() {
        nodes(3);
        topicWithTwoSegments();
        assertThat(seen()).isEqualTo(new UnderReplicated(1, 1));
    }

    /// One topic with a hundred thousand segments costs no more looks than one with a single one.
    @Test
    void segmentsOnTheSameNodesAreLookedAtOnce() {
        nodes(3);
        topicWithTwoSegments();
        for (int i = 0; i < 100_000; i++) {
            apply(new Command.SealSegment(
                    1,
                    topic().open().number(),
                    1,
                    1,
                    10,
                    Map.of(),
                    topic().open().leader(),
                    topic().open().replicas()));
        }
        assertThat(seen(1, 2)).isEqualTo(new UnderReplicated(1, 100_001));
        assertThat(state.counts().sealed()).hasSizeLessThanOrEqualTo(2);
    }
}
