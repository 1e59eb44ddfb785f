package io.walrus.metadata;

import static io.walrus.metadata.Fixtures.CLUSTER;
import static io.walrus.metadata.Fixtures.cluster;
import static io.walrus.metadata.Fixtures.disk;
import static io.walrus.metadata.Fixtures.node;
import static io.walrus.metadata.Fixtures.replicas;
import static io.walrus.metadata.Fixtures.seal;
import static io.walrus.metadata.Fixtures.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.Command.Batch;
import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.Command.DeleteTopic;
import io.walrus.metadata.Command.InitCluster;
import io.walrus.metadata.Command.RemoveNode;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.Command.SetNodeStatus;
import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Command.TrimTopic;
import io.walrus.metadata.Command.UpsertNode;
import io.walrus.metadata.Result.BatchResult;
import io.walrus.metadata.Result.Created;
import io.walrus.metadata.Result.Exists;
import io.walrus.metadata.Result.Ok;
import io.walrus.metadata.Result.Rejected;
import io.walrus.metadata.Result.Sealed;
import io.walrus.metadata.Result.Stale;
import io.walrus.metadata.Result.UnknownTopic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterStateTest {
    private static final ClusterState THREE_NODES = cluster(3);
    private static final ClusterState WITH_TOPIC =
            THREE_NODES.apply(new CreateTopic("logs", 3)).state();

    private static ClusterState after(ClusterState state, Command... commands) {
        ClusterState next = state;
        for (Command command : commands) {
            Applied applied = next.apply(command);
            assertThat(applied.result()).isNotInstanceOfAny(Rejected.class, Stale.class, UnknownTopic.class);
            next = applied.state();
        }
        return next;
    }

    private static void assertRejected(ClusterState state, Command command, String reasonPart) {
        Applied applied = state.apply(command);
        assertThat(applied.result())
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason())
                                .contains(reasonPart)
                                .doesNotContain("\n"));
        assertThat(applied.state()).isSameAs(state);
        assertThat(applied.changes()).isEmpty();
    }

    private static void assertStale(ClusterState state, Command command) {
        Applied applied = state.apply(command);
        assertThat(applied.result()).isInstanceOf(Stale.class);
        assertThat(applied.state()).isSameAs(state);
        assertThat(applied.changes()).isEmpty();
    }

    @Test
    void theFirstCommandNamesTheCluster() {
        assertRejected(ClusterState.EMPTY, new CreateTopic("logs", 1), "not been initialized");
        Applied applied = ClusterState.EMPTY.apply(new InitCluster(CLUSTER));
        assertThat(applied.state().clusterId()).isEqualTo(CLUSTER);
        assertThat(applied.changes()).containsExactly(new Change.ClusterInitialized(CLUSTER));
        assertThat(applied.state().apply(new InitCluster(CLUSTER)).result()).isEqualTo(new Ok());
        assertRejected(applied.state(), new InitCluster(new UUID(1, 2)), "this is cluster " + CLUSTER);
    }

    @Test
    void aBatchMayBeginWithTheInitialization() {
        Applied applied = ClusterState.EMPTY.apply(
                new Batch(List.of(new InitCluster(CLUSTER), new UpsertNode(node(1)), new CreateTopic("logs", 3))));
        assertThat(((BatchResult) applied.result()).results())
                .satisfiesExactly(
                        r -> assertThat(r).isInstanceOf(Ok.class),
                        r -> assertThat(r).isInstanceOf(Ok.class),
                        r -> assertThat(r).isInstanceOf(Created.class));
        assertThat(applied.changes())
                .containsExactly(
                        new Change.ClusterInitialized(CLUSTER), new Change.NodeChanged(1), new Change.TopicCreated(1));
        assertThat(topic(applied.state(), "logs").open().replicas()).isEqualTo(replicas(1));
    }

    @Test
    void creatingTwiceAnswersExistsWithTheSameView() {
        Applied first = THREE_NODES.apply(new CreateTopic("logs", 3));
        Applied second = first.state().apply(new CreateTopic("logs", 3));
        TopicView view = ((Created) first.result()).topic();
        assertThat(second.result()).isEqualTo(new Exists(view));
        assertThat(second.state()).isSameAs(first.state());
        assertThat(view.open().number()).isEqualTo(1);
        assertThat(first.changes()).containsExactly(new Change.TopicCreated(1));
    }

    @Test
    void placementSpreadsLeadersAndFollowsIdsRound() {
        ClusterState state = THREE_NODES;
        List<Long> leaders = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            state = after(state, new CreateTopic("topic-" + i, 2));
            OpenSegment open = topic(state, "topic-" + i).open();
            leaders.add(open.leader());
            assertThat(open.replicas()).isEqualTo(replicas(open.leader(), open.leader() % 3 + 1));
        }
        assertThat(leaders).contains(1L, 2L, 3L);
        assertThat(Placement.ledBy(3, state, List.of(), 5)).isEqualTo(replicas(3, 1, 2));
    }

    @Test
    void aStatusIsSetOnceAndOnlyFromWhatWasExpected() {
        assertThat(THREE_NODES.status(2)).isEqualTo(NodeStatus.ACTIVE);
        Applied left = THREE_NODES.apply(new SetNodeStatus(2, NodeStatus.ACTIVE, NodeStatus.LEAVING));
        assertThat(left.result()).isEqualTo(new Ok());
        assertThat(left.changes()).containsExactly(new Change.NodeStatusChanged(2));
        assertThat(left.state().status(2)).isEqualTo(NodeStatus.LEAVING);
        assertThat(left.state()
                        .apply(new SetNodeStatus(2, NodeStatus.ACTIVE, NodeStatus.LEAVING))
                        .changes())
                .isEmpty();
        assertRejected(
                left.state(),
                new SetNodeStatus(2, NodeStatus.ACTIVE, NodeStatus.GONE),
                "node 2 is LEAVING, not ACTIVE");
        assertRejected(left.state(), new SetNodeStatus(7, null, NodeStatus.LEAVING), "node 7 is not in the cluster");
        assertThat(after(left.state(), new SetNodeStatus(2, null, NodeStatus.ACTIVE))
                        .statuses())
                .isEmpty();
        assertThat(after(left.state(), new RemoveNode(2), new UpsertNode(node(2)))
                        .status(2))
                .as("a node that was removed and came back")
                .isEqualTo(NodeStatus.ACTIVE);
    }

    @Test
    void aNewRunBringsANodeBackThatWasGoneButNotOneThatIsLeaving() {
        NodeInfo again = new NodeInfo(2, "h:1", "h:2", disk(2), new UUID(0xB0, 2));
        ClusterState gone = after(THREE_NODES, new SetNodeStatus(2, null, NodeStatus.GONE));
        Applied back = gone.apply(new UpsertNode(again));
        assertThat(back.state().status(2)).isEqualTo(NodeStatus.ACTIVE);
        assertThat(back.changes()).containsExactly(new Change.NodeChanged(2), new Change.NodeStatusChanged(2));
        ClusterState leaving = after(THREE_NODES, new SetNodeStatus(2, null, NodeStatus.LEAVING));
        assertThat(after(leaving, new UpsertNode(again)).status(2)).isEqualTo(NodeStatus.LEAVING);
    }

    @Test
    void newTopicsAvoidNodesThatAreNotActive() {
        ClusterState state = after(
                cluster(4),
                new SetNodeStatus(2, null, NodeStatus.LEAVING),
                new SetNodeStatus(3, null, NodeStatus.GONE));
        for (int i = 0; i < 10; i++) {
            state = after(state, new CreateTopic("topic-" + i, 3));
            assertThat(topic(state, "topic-" + i).open().replicas())
                    .containsExactlyInAnyOrderElementsOf(replicas(1, 4));
        }
        ClusterState none = after(cluster(1), new SetNodeStatus(1, null, NodeStatus.LEAVING));
        assertThat(topic(after(none, new CreateTopic("t", 3)), "t").open().replicas())
                .isEqualTo(replicas(1));
    }

    @Test
    void nextSegmentsAvoidNodesThatAreNotActiveAsFarAsThereAreOthers() {
        ClusterState four = after(cluster(4), new SetNodeStatus(2, null, NodeStatus.LEAVING));
        assertThat(Placement.ledBy(1, four, List.of(1L, 2L, 3L, 4L), 3)).isEqualTo(replicas(1, 3, 4));
        assertThat(Placement.ledBy(1, four, List.of(1L, 2L, 4L), 3))
                .as("a node that is dead comes behind those that are alive")
                .isEqualTo(replicas(1, 4, 3));
        ClusterState gone = after(cluster(3), new SetNodeStatus(2, null, NodeStatus.GONE));
        assertThat(Placement.ledBy(1, gone, List.of(1L, 3L), 3))
                .as("one that is gone may come back, and does no harm beside two others")
                .isEqualTo(replicas(1, 3, 2));
        assertThat(Placement.ledBy(1, after(gone, new SetNodeStatus(3, null, NodeStatus.GONE)), List.of(1L), 3))
                .as("one copy of three wanted is too few to acknowledge with")
                .isEqualTo(replicas(1, 2));
        ClusterState leaving = after(cluster(3), new SetNodeStatus(2, null, NodeStatus.LEAVING));
        assertThat(Placement.ledBy(1, leaving, List.of(1L, 2L, 3L), 3)).isEqualTo(replicas(1, 3));
        assertThat(Placement.ledBy(1, leaving, List.of(1L, 2L), 3))
                .as("no entry could be committed with one of two dead")
                .isEqualTo(replicas(1, 3, 2));
        assertThat(Placement.ledBy(2, leaving, List.of(1L, 2L, 3L), 2)).isEqualTo(replicas(2, 3));
        ClusterState drained = after(leaving, new SetNodeStatus(3, null, NodeStatus.LEAVING));
        assertThat(Placement.ledBy(1, drained, List.of(1L, 3L), 3))
                .as("one copy of three wanted is too few, whoever is to be emptied")
                .isEqualTo(replicas(1, 3));
        assertThat(Placement.wantedReplicas(drained, 3)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "tab\t", "\u007f", "\ud800"})
    void aBadTopicNameIsRejected(String name) {
        assertRejected(THREE_NODES, new CreateTopic(name, 1), "topic name");
    }

    @Test
    void topicNamesAreMeasuredInBytes() {
        assertThat(THREE_NODES.apply(new CreateTopic("x".repeat(249), 1)).result())
                .isInstanceOf(Created.class);
        assertRejected(THREE_NODES, new CreateTopic("x".repeat(250), 1), "longer than 249 bytes");
        assertThat(THREE_NODES.apply(new CreateTopic("ä".repeat(124), 1)).result())
                .isInstanceOf(Created.class);
        assertRejected(THREE_NODES, new CreateTopic("ä".repeat(125), 1), "longer than 249 bytes");
    }

    @Test
    void badReplicationFactorsAndEmptyClustersAreRejected() {
        assertRejected(THREE_NODES, new CreateTopic("t", 0), "replication factor 0");
        assertRejected(THREE_NODES, new CreateTopic("t", 16), "replication factor 16");
        assertRejected(cluster(0), new CreateTopic("t", 1), "no node");
    }

    @Test
    void sealingExtendsTheChainOnce() {
        SealSegment seal =
                new SealSegment(1, 1, 12, 10, 1000, Map.of("shared", new CursorPosition(1, 7)), 2, replicas(2, 3, 1));
        Applied applied = WITH_TOPIC.apply(seal);
        Topic topic = topic(applied.state(), "logs");
        Topic before = topic(WITH_TOPIC, "logs");
        assertThat(applied.result()).isEqualTo(new Sealed(topic.view()));
        assertThat(applied.changes()).containsExactly(new Change.SegmentSealed(1, 1, false));
        assertThat(topic.sealed().values())
                .containsExactly(new SealedSegment(
                        1, 12, 10, 1000, before.open().leader(), before.open().replicas(), 0));
        assertThat(topic.open().number()).isEqualTo(2);
        assertThat(topic.open().leader()).isEqualTo(2);
        assertThat(topic.open().replicas()).isEqualTo(replicas(2, 3, 1));
        assertThat(topic.open().startCursors()).containsExactly(Map.entry("shared", new CursorPosition(1, 7)));
        assertThat(topic.sealedEntries()).isEqualTo(10);

        Applied again = applied.state().apply(seal);
        assertThat(again.result()).isEqualTo(new Stale(topic.view()));
        assertThat(again.state()).isSameAs(applied.state());
        assertThat(again.changes()).isEmpty();
    }

    @Test
    void anEmptySegmentLeavesTheChainAndItsNumberAndCursorsStay() {
        Applied applied = WITH_TOPIC.apply(
                new SealSegment(1, 1, 3, 0, 30, Map.of("shared", new CursorPosition(1, 3)), 1, replicas(1, 2, 3)));
        Topic topic = topic(applied.state(), "logs");
        assertThat(topic.sealed()).isEmpty();
        assertThat(topic.open().number()).isEqualTo(2);
        assertThat(topic.open().startCursors()).containsEntry("shared", new CursorPosition(1, 3));
        assertThat(applied.changes()).containsExactly(new Change.SegmentSealed(1, 1, true));
        assertThat(applied.state().counts())
                .isEqualTo(SegmentCounts.NONE.plusOpen(topic.open()))
                .returns(1L, counts -> counts.replicasOn(1));
        assertThat(applied.state().fate(1, 1)).isEqualTo(SegmentFate.GONE);
    }

    @Test
    void cursorsNeverMoveBackNorGetLost() {
        ClusterState state = after(
                WITH_TOPIC,
                new SealSegment(
                        1,
                        1,
                        10,
                        10,
                        0,
                        Map.of("a", new CursorPosition(1, 7), "b", new CursorPosition(1, 2)),
                        1,
                        replicas(1)),
                new SealSegment(
                        1,
                        2,
                        10,
                        10,
                        0,
                        Map.of("a", new CursorPosition(1, 3), "c", new CursorPosition(2, 10)),
                        1,
                        replicas(1)));
        assertThat(topic(state, "logs").open().startCursors())
                .containsOnly(
                        Map.entry("a", new CursorPosition(1, 7)),
                        Map.entry("b", new CursorPosition(1, 2)),
                        Map.entry("c", new CursorPosition(2, 10)));
    }

    @Test
    void sealsThatDoNotFitAreRejected() {
        Map<String, CursorPosition> none = Map.of();
        List<Replica> all = replicas(1, 2, 3);
        assertRejected(WITH_TOPIC, new SealSegment(1, 2, 1, 1, 1, none, 1, all), "the open segment is 1");
        assertRejected(WITH_TOPIC, new SealSegment(1, 1, 1, 2, 1, none, 1, all), "do not fit");
        assertRejected(WITH_TOPIC, new SealSegment(1, 1, 1, -1, 1, none, 1, all), "do not fit");
        assertRejected(WITH_TOPIC, new SealSegment(1, 1, 1, 1, -1, none, 1, all), "do not fit");
        assertRejected(WITH_TOPIC, new SealSegment(1, 1, 1, 1, 1, none, 4, all), "not among the new replicas");
        assertRejected(WITH_TOPIC, new SealSegment(1, 1, 1, 1, 1, none, 1, List.of()), "not among the new replicas");
        assertRejected(WITH_TOPIC, new SealSegment(1, 1, 1, 1, 1, none, 1, replicas(1, 1)), "node 1 twice");
        assertRejected(
                WITH_TOPIC,
                new SealSegment(1, 1, 1, 1, 1, Map.of("c", new CursorPosition(1, 2)), 1, all),
                "past the segment's end");
        assertRejected(
                WITH_TOPIC,
                new SealSegment(1, 1, 1, 1, 1, Map.of("c d", new CursorPosition(1, 1)), 1, all),
                "cursor name");
        ClusterState nearlyFull =
                after(WITH_TOPIC, new SealSegment(1, 1, Long.MAX_VALUE, Long.MAX_VALUE, 1, none, 1, all));
        assertRejected(nearlyFull, new SealSegment(1, 2, 1, 1, 1, none, 1, all), "full");
        assertThat(WITH_TOPIC
                        .apply(new SealSegment(9, 1, 1, 1, 1, none, 1, all))
                        .result())
                .isEqualTo(new UnknownTopic(9));
    }

    /// Who proposed it did not know yet what became of the node, and will propose anew.
    @Test
    void aSealThatPlacesReplicasOnANodeThatIsGoneOrOnItsFormerDiskIsStale() {
        assertStale(WITH_TOPIC, new SealSegment(1, 1, 1, 1, 1, Map.of(), 1, replicas(1, 4)));
        assertStale(WITH_TOPIC, new SealSegment(1, 1, 1, 1, 1, Map.of(), 1, List.of(new Replica(1, disk(9)))));
    }

    @Test
    void aBlankDiskUnderAKnownIdIsAnotherReplica() {
        NodeInfo node1 = node(1);
        NodeInfo blank =
                new NodeInfo(1, node1.raftAddress(), node1.clientAddress(), new UUID(0xD2, 1), new UUID(0xB0, 2));
        Applied upserted = WITH_TOPIC.apply(new UpsertNode(blank));
        assertThat(upserted.changes()).containsExactly(new Change.NodeChanged(1));
        assertThat(topic(upserted.state(), "logs").open().replicas()).contains(new Replica(1, disk(1)));
        assertStale(upserted.state(), seal(topic(WITH_TOPIC, "logs"), 5));
        assertThat(upserted.state().apply(new UpsertNode(blank)).changes()).isEmpty();
    }

    @Test
    void nodesWithBadAddressesOrACopiedDiskAreRejected() {
        for (String address : List.of("", "host", ":1", "host:", "host:0", "host:65536", "h st:1", "host:1x")) {
            assertRejected(
                    THREE_NODES, new UpsertNode(new NodeInfo(4, address, "h:1", disk(4), disk(4))), "is not host:port");
        }
        assertThat(THREE_NODES
                        .apply(new UpsertNode(new NodeInfo(4, "[::1]:65535", "h:1", disk(4), disk(4))))
                        .result())
                .isEqualTo(new Ok());
        assertRejected(
                THREE_NODES, new UpsertNode(new NodeInfo(4, "h:1", "h:2", disk(1), disk(4))), "is that of node 1");
    }

    @Test
    void aNodeGoesOnlyWhenNoSegmentNeedsIt() {
        assertRejected(WITH_TOPIC, new RemoveNode(2), "node 2 is a replica of 1 segments");
        ClusterState state = after(
                WITH_TOPIC,
                new SealSegment(1, 1, 5, 5, 5, Map.of(), 1, replicas(1, 3)),
                new SetReplicas(1, 1, 0, replicas(1, 3)));
        Applied removed = state.apply(new RemoveNode(2));
        assertThat(removed.result()).isEqualTo(new Ok());
        assertThat(removed.changes()).containsExactly(new Change.NodeRemoved(2));
        assertThat(removed.state().node(2)).isNull();
        assertThat(removed.state().apply(new RemoveNode(2)).changes()).isEmpty();
    }

    @Test
    void replicasOfASealedSegmentMoveOnlyFromWhatWasExpected() {
        List<Replica> old = topic(WITH_TOPIC, "logs").open().replicas();
        ClusterState state = after(WITH_TOPIC, seal(topic(WITH_TOPIC, "logs"), 5));
        SetReplicas move = new SetReplicas(1, 1, 0, replicas(1, 2));
        Applied moved = state.apply(move);
        assertThat(moved.changes()).containsExactly(new Change.ReplicasChanged(1, 1));
        assertThat(topic(moved.state(), "logs").sealed().firstEntry().getValue().replicas())
                .isEqualTo(replicas(1, 2));
        assertThat(moved.state().apply(move).result()).isInstanceOf(Stale.class);
        ClusterState same = after(moved.state(), new SetReplicas(1, 1, 1, replicas(1, 2)));
        assertThat(topic(same, "logs").sealed().firstEntry().getValue().moves())
                .as("the same list once more makes void what was proposed before")
                .isEqualTo(2);
        assertThat(moved.state().apply(new SetReplicas(1, 1, 0, replicas(3))).result())
                .isInstanceOf(Stale.class);
        Applied back = moved.state().apply(new SetReplicas(1, 1, 1, old));
        assertThat(topic(back.state(), "logs").sealed().firstEntry().getValue().moves())
                .isEqualTo(2);
        assertThat(back.state().apply(move).result())
                .as("the same list is there again, but it isn't the one that was looked at")
                .isInstanceOf(Stale.class);
        assertRejected(state, new SetReplicas(1, 2, 0, replicas(1)), "segment 2 of topic logs is not sealed");
        assertRejected(state, new SetReplicas(1, 1, 0, List.of()), "0 replicas");
        assertThat(state.apply(new SetReplicas(7, 1, 0, old)).result()).isEqualTo(new UnknownTopic(7));
    }

    @Test
    void trimmingKeepsTheTotalsAndNeverTouchesTheOpenSegment() {
        ClusterState state = WITH_TOPIC;
        for (int i = 0; i < 4; i++) {
            state = after(state, seal(topic(state, "logs"), 10));
        }
        Applied trimmed = state.apply(new TrimTopic(1, 3));
        Topic topic = topic(trimmed.state(), "logs");
        assertThat(topic.sealed().keySet()).containsExactly(3L, 4L);
        assertThat(topic.sealedEntries()).isEqualTo(40);
        assertThat(topic.trimmedEntries()).isEqualTo(20);
        assertThat(trimmed.changes()).containsExactly(new Change.TopicTrimmed(1, 3));
        assertThat(trimmed.state().apply(new TrimTopic(1, 3)).changes()).isEmpty();
        assertThat(topic(after(state, new TrimTopic(1, 5)), "logs").sealed()).isEmpty();
        assertRejected(state, new TrimTopic(1, 6), "the open segment is 5");
        assertThat(trimmed.state().fate(1, 2)).isEqualTo(SegmentFate.GONE);
        assertThat(trimmed.state().fate(1, 3)).isEqualTo(SegmentFate.SEALED);
        assertThat(trimmed.state().fate(1, 5)).isEqualTo(SegmentFate.OPEN);
        assertThat(trimmed.state().fate(1, 6)).isEqualTo(SegmentFate.UNKNOWN);
    }

    @Test
    void aDeletedTopicsIdIsNeverReused() {
        Applied deleted = WITH_TOPIC.apply(new DeleteTopic(1));
        assertThat(deleted.changes()).containsExactly(new Change.TopicDeleted(topic(WITH_TOPIC, "logs")));
        assertThat(deleted.state().topic("logs")).isNull();
        assertThat(deleted.state().counts()).isEqualTo(SegmentCounts.NONE);
        assertThat(deleted.state().fate(1, 1)).isEqualTo(SegmentFate.GONE);
        assertThat(deleted.state().fate(2, 1)).isEqualTo(SegmentFate.UNKNOWN);
        assertThat(deleted.state().apply(new DeleteTopic(1)).result()).isEqualTo(new UnknownTopic(1));
        assertThat(topic(after(deleted.state(), new CreateTopic("logs", 1)), "logs")
                        .topicId())
                .isEqualTo(2);
    }

    @Test
    void aBatchsCommandsSucceedAndFailOnTheirOwn() {
        Applied applied = THREE_NODES.apply(
                new Batch(List.of(new CreateTopic("a", 1), new CreateTopic("", 1), new CreateTopic("a", 1))));
        assertThat(((BatchResult) applied.result()).results())
                .satisfiesExactly(
                        r -> assertThat(r).isInstanceOf(Created.class),
                        r -> assertThat(r).isInstanceOf(Rejected.class),
                        r -> assertThat(r).isInstanceOf(Exists.class));
        assertRejected(THREE_NODES, new Batch(List.of(new Batch(List.of()))), "batch within a batch");
        assertRejected(THREE_NODES, new Batch(Collections.nCopies(10_001, new RemoveNode(9))), "10000");
    }

    private static SealedSegment sealedOn(long leader, List<Replica> replicas) {
        return new SealedSegment(1, 5, 5, 5, leader, replicas, 0);
    }

    private static ClusterState withStatus(ClusterState state, long nodeId, NodeStatus status) {
        return after(state, new SetNodeStatus(nodeId, null, status));
    }

    private static ClusterState withBlankDisk(ClusterState state, long nodeId) {
        return after(state, new UpsertNode(new NodeInfo(nodeId, "h:1", "h:2", disk(40 + nodeId), disk(1))));
    }

    @Test
    void aSealedSegmentKeepsItsUsableCopiesAndGetsOthersAfterItsLeader() {
        ClusterState five = cluster(5);
        SealedSegment segment = sealedOn(4, replicas(4, 5, 1));
        assertThat(Placement.forSealed(five, segment, 3)).isEqualTo(replicas(4, 5, 1));
        assertThat(Placement.forSealed(five, segment, 2)).isEqualTo(replicas(4, 5, 1));
        assertThat(Placement.forSealed(withStatus(five, 5, NodeStatus.GONE), segment, 3))
                .isEqualTo(replicas(4, 1, 2));
        assertThat(Placement.forSealed(withStatus(five, 4, NodeStatus.LEAVING), segment, 5))
                .isEqualTo(replicas(5, 1, 2, 3));
        ClusterState blank = withBlankDisk(five, 5);
        assertThat(Placement.forSealed(blank, segment, 3))
                .containsExactly(Fixtures.replica(4), Fixtures.replica(1), new Replica(5, disk(45)));
        assertThat(Placement.forSealed(cluster(2), sealedOn(1, replicas(1)), 3)).isEqualTo(replicas(1, 2));
    }

    @Test
    void copiesAreOnlyLetGoWhereTheOthersAreEnough() {
        SealedSegment three = sealedOn(1, replicas(1, 2, 3));
        SealedSegment four = sealedOn(1, replicas(1, 2, 3, 4));
        assertThat(Placement.kept(cluster(4), four, 3))
                .as("usable copies stay, however many there are")
                .isEqualTo(replicas(1, 2, 3, 4));
        assertThat(Placement.kept(withStatus(cluster(3), 2, NodeStatus.LEAVING), three, 3))
                .isEqualTo(replicas(1, 3));
        assertThat(Placement.kept(withStatus(cluster(4), 2, NodeStatus.LEAVING), three, 3))
                .as("the fourth node has yet to get a copy")
                .isEqualTo(replicas(1, 2, 3));
        assertThat(Placement.kept(withStatus(cluster(4), 2, NodeStatus.LEAVING), four, 3))
                .isEqualTo(replicas(1, 3, 4));
        ClusterState gone = withStatus(cluster(3), 2, NodeStatus.GONE);
        assertThat(Placement.kept(gone, three, 3))
                .as("the node that is gone may come back with its copy, and there is no other one for it")
                .isEqualTo(replicas(1, 2, 3));
        assertThat(Placement.kept(withStatus(gone, 3, NodeStatus.LEAVING), three, 3))
                .as("one node is gone: nothing is taken from another")
                .isEqualTo(replicas(1, 2, 3));
        assertThat(Placement.kept(withStatus(cluster(4), 2, NodeStatus.GONE), four, 3))
                .isEqualTo(replicas(1, 3, 4));
        assertThat(Placement.kept(withBlankDisk(cluster(3), 2), three, 3))
                .as("the blank disk has yet to get a copy")
                .isEqualTo(replicas(1, 2, 3));
        assertThat(Placement.kept(withBlankDisk(cluster(4), 2), four, 3)).isEqualTo(replicas(1, 3, 4));
        assertThat(Placement.kept(withStatus(cluster(1), 1, NodeStatus.LEAVING), sealedOn(1, replicas(1)), 3))
                .as("the last copy stays, whatever is asked")
                .isEqualTo(replicas(1));
    }

    @Test
    void howManyCopiesThereShouldBeDependsOnWhichNodesCount() {
        ClusterState state = withStatus(withStatus(cluster(4), 1, NodeStatus.GONE), 2, NodeStatus.LEAVING);
        assertThat(Placement.wanted(state, 3)).isEqualTo(2);
        assertThat(Placement.wantedReplicas(state, 3)).isEqualTo(3);
        assertThat(Placement.wantedReplicas(state, 5)).isEqualTo(3);
    }

    @Test
    void copiesThatAreThereMayStayWhereNoNewOneCouldBePlaced() {
        List<Replica> old = topic(WITH_TOPIC, "logs").open().replicas();
        ClusterState state = withBlankDisk(after(WITH_TOPIC, seal(topic(WITH_TOPIC, "logs"), 5)), 1);
        ClusterState four = after(state, new UpsertNode(node(4)));
        List<Replica> more = new ArrayList<>(old);
        more.add(Fixtures.replica(4));
        assertThat(after(four, new SetReplicas(1, 1, 0, more)).counts().replicasOn(4))
                .isEqualTo(1);
        assertStale(four, new SetReplicas(1, 1, 0, List.of(new Replica(4, disk(9)))));
        assertStale(four, new SetReplicas(1, 1, 0, replicas(5)));
    }
}
