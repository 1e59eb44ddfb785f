package io.walrus.metadata;

import static io.walrus.metadata.Fixtures.disk;

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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/// Commands from a small world, so that they often meet: most fit the state, the others miss it narrowly.
final class RandomCommands {
    private final Random random;

    RandomCommands(long seed) {
        random = new Random(seed);
    }

    Command next(ClusterState state) {
        return random.nextInt(20) == 0 ? batch(state) : single(state);
    }

    private Command batch(ClusterState state) {
        List<Command> commands = new ArrayList<>();
        for (int left = random.nextInt(6); left > 0; left--) {
            commands.add(single(state));
        }
        return new Batch(commands);
    }

    private Command single(ClusterState state) {
        int dice = random.nextInt(100);
        if (dice < 2) {
            return new InitCluster(random.nextInt(4) == 0 ? new UUID(7, 7) : Fixtures.CLUSTER);
        }
        if (dice < 12) {
            long id = node();
            long disk = random.nextInt(8) == 0 ? 1 + random.nextInt(12) : id;
            return new UpsertNode(new NodeInfo(
                    id, "h:" + (1 + random.nextInt(3)), "h:1", disk(disk), new UUID(0, random.nextInt(3))));
        }
        if (dice < 16) {
            return new RemoveNode(node());
        }
        if (dice < 21) {
            return new SetNodeStatus(node(), random.nextBoolean() ? null : status(), status());
        }
        if (dice < 34) {
            int name = random.nextInt(12);
            return new CreateTopic(name == 0 ? "" : "topic-" + name, random.nextInt(6));
        }
        if (dice < 37) {
            return new DeleteTopic(topicId(state));
        }
        if (dice < 44) {
            long id = topicId(state);
            return new TrimTopic(id, near(state, id) - random.nextInt(3));
        }
        return dice < 55 ? setReplicas(state) : seal(state);
    }

    private SealSegment seal(ClusterState state) {
        long id = topicId(state);
        long segment = near(state, id);
        long entries = Math.max(-1, random.nextInt(8) - 2);
        long records = entries + random.nextInt(4) - (random.nextInt(10) == 0 ? 2 : 0);
        Map<String, CursorPosition> cursors = new HashMap<>();
        for (int left = random.nextInt(3); left > 0; left--) {
            long at = Math.max(1, segment - random.nextInt(2));
            cursors.put("c" + random.nextInt(3), new CursorPosition(at, random.nextInt(6)));
        }
        List<Replica> replicas = replicas(state);
        long leader = replicas.isEmpty() || random.nextInt(10) == 0
                ? node()
                : replicas.get(random.nextInt(replicas.size())).nodeId();
        return new SealSegment(id, segment, records, entries, random.nextInt(100) - 2, cursors, leader, replicas);
    }

    private SetReplicas setReplicas(ClusterState state) {
        long id = topicId(state);
        Topic topic = state.topic(id);
        if (topic == null || topic.sealed().isEmpty() || random.nextInt(5) == 0) {
            return new SetReplicas(id, near(state, id), random.nextInt(2), replicas(state));
        }
        List<SealedSegment> sealed = List.copyOf(topic.sealed().values());
        SealedSegment segment = sealed.get(random.nextInt(sealed.size()));
        return new SetReplicas(id, segment.number(), segment.moves() - random.nextInt(4) / 3, replicas(state));
    }

    private List<Replica> replicas(ClusterState state) {
        List<Replica> replicas = new ArrayList<>(
                state.nodes().values().stream().map(NodeInfo::replica).toList());
        Collections.shuffle(replicas, random);
        List<Replica> some = new ArrayList<>(replicas.subList(0, Math.min(replicas.size(), 1 + random.nextInt(3))));
        if (random.nextInt(10) == 0) {
            some.add(new Replica(node(), disk(node())));
        }
        return some;
    }

    private NodeStatus status() {
        return switch (random.nextInt(3)) {
            case 0 -> NodeStatus.ACTIVE;
            case 1 -> NodeStatus.LEAVING;
            default -> NodeStatus.GONE;
        };
    }

    private long node() {
        return 1L + random.nextInt(6);
    }

    private long topicId(ClusterState state) {
        if (state.topics().isEmpty() || random.nextInt(20) == 0) {
            return random.nextInt(5) + state.nextTopicId() - 3;
        }
        List<Long> ids = List.copyOf(state.topics().keySet());
        return ids.get(random.nextInt(ids.size()));
    }

    private long near(ClusterState state, long topicId) {
        Topic topic = state.topic(topicId);
        long open = topic == null ? 1 : topic.open().number();
        return open + (random.nextInt(6) == 0 ? random.nextInt(4) - 2 : 0);
    }
}
