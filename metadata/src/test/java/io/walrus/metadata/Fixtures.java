package io.walrus.metadata;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

final class Fixtures {
    static final UUID CLUSTER = new UUID(0xC1, 1);

    private Fixtures() {}

    static UUID disk(long nodeId) {
        return new UUID(0xD1, nodeId);
    }

    static Replica replica(long nodeId) {
        return new Replica(nodeId, disk(nodeId));
    }

    static List<Replica> replicas(long... nodeIds) {
        return Arrays.stream(nodeIds).mapToObj(Fixtures::replica).toList();
    }

    static NodeInfo node(long nodeId) {
        return new NodeInfo(
                nodeId,
                "127.0.0.1:" + (6000 + nodeId),
                "127.0.0.1:" + (9090 + nodeId),
                disk(nodeId),
                new UUID(0xB0, 1));
    }

    /// A cluster of nodes 1 to `nodes`, without topics.
    static ClusterState cluster(int nodes) {
        ClusterState state =
                ClusterState.EMPTY.apply(new Command.InitCluster(CLUSTER)).state();
        for (long id = 1; id <= nodes; id++) {
            state = state.apply(new Command.UpsertNode(node(id))).state();
        }
        return state;
    }

    /// Seals with `entries` entries and no cursor records, succeeding on the same nodes.
    static Command.SealSegment seal(Topic topic, long entries) {
        OpenSegment open = topic.open();
        return new Command.SealSegment(
                topic.topicId(),
                open.number(),
                entries,
                entries,
                entries * 100,
                Map.of(),
                open.leader(),
                open.replicas());
    }

    static Topic topic(ClusterState state, String name) {
        return Objects.requireNonNull(state.topic(name));
    }
}
