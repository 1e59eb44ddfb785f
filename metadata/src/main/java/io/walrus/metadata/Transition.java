package io.walrus.metadata;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// How each command changes the state: checks first, one new state last.
final class Transition {
    private Transition() {}

    static Applied apply(ClusterState state, Command command) {
        if (state.clusterId() == null && !(command instanceof InitCluster) && !(command instanceof Batch)) {
            return rejected(state, "the cluster has not been initialized");
        }
        return switch (command) {
            case InitCluster init -> initCluster(state, init.clusterId());
            case UpsertNode upsert -> upsertNode(state, upsert.node());
            case RemoveNode remove -> removeNode(state, remove.nodeId());
            case SetNodeStatus set -> setNodeStatus(state, set);
            case CreateTopic create -> createTopic(state, create);
            case SealSegment seal -> sealSegment(state, seal);
            case SetReplicas set -> setReplicas(state, set);
            case TrimTopic trim -> trimTopic(state, trim);
            case DeleteTopic delete -> deleteTopic(state, delete.topicId());
            case Batch batch -> batch(state, batch.commands());
        };
    }

    private static Applied initCluster(ClusterState state, UUID clusterId) {
        if (state.clusterId() == null) {
            ClusterState next = new ClusterState(
                    state.version() + 1,
                    clusterId,
                    state.nodes(),
                    state.statuses(),
                    state.counts(),
                    state.topics(),
                    state.topicIds(),
                    state.nextTopicId());
            return new Applied(next, new Result.Ok(), List.of(new Change.ClusterInitialized(clusterId)));
        }
        return state.clusterId().equals(clusterId)
                ? unchanged(state, new Result.Ok())
                : rejected(state, "this is cluster " + state.clusterId() + ", not " + clusterId);
    }

    private static Applied upsertNode(ClusterState state, NodeInfo node) {
        if (node.equals(state.node(node.nodeId()))) {
            return unchanged(state, new Result.Ok());
        }
        for (String address : List.of(node.raftAddress(), node.clientAddress())) {
            String fault = Limits.addressFault(address);
            if (fault != null) {
                return rejected(state, "node " + node.nodeId() + ": address '" + printable(address) + "' " + fault);
            }
        }
        for (NodeInfo other : state.nodes().values()) {
            if (other.nodeId() != node.nodeId() && other.diskId().equals(node.diskId())) {
                return rejected(
                        state,
                        "disk " + node.diskId() + " of node " + node.nodeId() + " is that of node " + other.nodeId());
            }
        }
        NodeInfo before = state.node(node.nodeId());
        boolean isBack = state.statuses().get(node.nodeId()) == NodeStatus.GONE
                && before != null
                && !before.bootId().equals(node.bootId());
        ClusterState next = withNodes(
                state,
                state.nodes().plus(node.nodeId(), node),
                isBack ? state.statuses().minus(node.nodeId()) : state.statuses());
        Change changed = new Change.NodeChanged(node.nodeId());
        return new Applied(
                next,
                new Result.Ok(),
                isBack ? List.of(changed, new Change.NodeStatusChanged(node.nodeId())) : List.of(changed));
    }

    private static Applied removeNode(ClusterState state, long nodeId) {
        if (!state.nodes().containsKey(nodeId)) {
            return unchanged(state, new Result.Ok());
        }
        long held = state.counts().replicasOn(nodeId);
        if (held > 0) {
            return rejected(state, "node " + nodeId + " is a replica of " + held + " segments; move them first");
        }
        ClusterState next =
                withNodes(state, state.nodes().minus(nodeId), state.statuses().minus(nodeId));
        return new Applied(next, new Result.Ok(), List.of(new Change.NodeRemoved(nodeId)));
    }

    private static Applied setNodeStatus(ClusterState state, SetNodeStatus set) {
        if (state.node(set.nodeId()) == null) {
            return rejected(state, "node " + set.nodeId() + " is not in the cluster");
        }
        NodeStatus before = state.status(set.nodeId());
        if (before == set.status()) {
            return unchanged(state, new Result.Ok());
        }
        if (set.expected() != null && set.expected() != before) {
            return rejected(state, "node " + set.nodeId() + " is " + before + ", not " + set.expected());
        }
        TreePMap<Long, NodeStatus> statuses = set.status() == NodeStatus.ACTIVE
                ? state.statuses().minus(set.nodeId())
                : state.statuses().plus(set.nodeId(), set.status());
        return new Applied(
                withNodes(state, state.nodes(), statuses),
                new Result.Ok(),
                List.of(new Change.NodeStatusChanged(set.nodeId())));
    }

    private static Applied createTopic(ClusterState state, CreateTopic create) {
        String fault = Limits.nameFault(create.name());
        if (fault != null) {
            return rejected(state, "topic name " + fault);
        }
        Topic existing = state.topic(create.name());
        if (existing != null) {
            return unchanged(state, new Result.Exists(existing.view()));
        }
        int factor = create.replicationFactor();
        if (factor < 1 || factor > Limits.MAX_REPLICAS) {
            return rejected(state, "replication factor " + factor + " is not in 1 to " + Limits.MAX_REPLICAS);
        }
        if (state.nodes().isEmpty()) {
            return rejected(state, "the cluster has no node yet");
        }
        List<Replica> replicas = Placement.forNewTopic(create.name(), state, factor);
        OpenSegment open = new OpenSegment(1, replicas.getFirst().nodeId(), replicas, TreePMap.empty());
        Topic topic = new Topic(state.nextTopicId(), create.name(), TreePMap.empty(), open, 0, 0);
        ClusterState next = new ClusterState(
                state.version() + 1,
                state.clusterId(),
                state.nodes(),
                state.statuses(),
                state.counts().plusOpen(open),
                state.topics().plus(topic.topicId(), topic),
                state.topicIds().plus(topic.name(), topic.topicId()),
                state.nextTopicId() + 1);
        return new Applied(next, new Result.Created(topic.view()), List.of(new Change.TopicCreated(topic.topicId())));
    }

    private static Applied sealSegment(ClusterState state, SealSegment seal) {
        Topic topic = state.topic(seal.topicId());
        if (topic == null) {
            return unchanged(state, new Result.UnknownTopic(seal.topicId()));
        }
        OpenSegment open = topic.open();
        if (seal.segment() < open.number()) {
            return unchanged(state, new Result.Stale(topic.view()));
        }
        String fault = sealFault(topic, seal);
        if (fault != null) {
            return rejected(state, "seal of segment " + seal.segment() + " of topic " + topic.name() + ": " + fault);
        }
        if (!placeable(state, seal.newReplicas(), List.of())) {
            return unchanged(state, new Result.Stale(topic.view()));
        }
        boolean wasEmpty = seal.entries() == 0;
        TreePMap<Long, SealedSegment> sealed = wasEmpty
                ? topic.sealed()
                : topic.sealed()
                        .plus(
                                open.number(),
                                new SealedSegment(
                                        open.number(),
                                        seal.records(),
                                        seal.entries(),
                                        seal.bytes(),
                                        open.leader(),
                                        open.replicas(),
                                        0));
        // Most segments succeed on the same nodes: one list then serves the whole chain.
        List<Replica> replicas = open.replicas().equals(seal.newReplicas()) ? open.replicas() : seal.newReplicas();
        OpenSegment extended = new OpenSegment(
                open.number() + 1, seal.newLeader(), replicas, advanced(open.startCursors(), seal.cursors()));
        Topic changed = new Topic(
                topic.topicId(),
                topic.name(),
                sealed,
                extended,
                topic.sealedEntries() + seal.entries(),
                topic.trimmedEntries());
        SegmentCounts counts = state.counts().minusOpen(open).plusOpen(extended);
        ClusterState next = withTopic(state, changed, wasEmpty ? counts : counts.plusSealed(open.replicas()));
        return new Applied(
                next,
                new Result.Sealed(changed.view()),
                List.of(new Change.SegmentSealed(topic.topicId(), open.number(), wasEmpty)));
    }

    private static @Nullable String sealFault(Topic topic, SealSegment seal) {
        OpenSegment open = topic.open();
        if (seal.segment() > open.number()) {
            return "the open segment is " + open.number();
        }
        if (seal.entries() < 0 || seal.records() < seal.entries() || seal.bytes() < 0) {
            return seal.records() + " records, " + seal.entries() + " entries and " + seal.bytes()
                    + " bytes do not fit";
        }
        if (seal.entries() > Long.MAX_VALUE - topic.sealedEntries() || open.number() == Long.MAX_VALUE) {
            return "the topic is full";
        }
        for (Map.Entry<String, CursorPosition> cursor : seal.cursors().entrySet()) {
            String nameFault = Limits.nameFault(cursor.getKey());
            if (nameFault != null) {
                return "cursor name " + nameFault;
            }
            CursorPosition end = new CursorPosition(seal.segment(), seal.records());
            if (cursor.getValue().compareTo(end) > 0) {
                return "cursor " + cursor.getKey() + " is past the segment's end";
            }
        }
        if (advanced(open.startCursors(), seal.cursors()).size() > Limits.MAX_CURSORS_PER_TOPIC) {
            return "more than " + Limits.MAX_CURSORS_PER_TOPIC + " cursors";
        }
        if (seal.newReplicas().stream().noneMatch(r -> r.nodeId() == seal.newLeader())) {
            return "the new leader, node " + seal.newLeader() + ", is not among the new replicas";
        }
        return replicasFault(seal.newReplicas());
    }

    private static Applied setReplicas(ClusterState state, SetReplicas set) {
        Topic topic = state.topic(set.topicId());
        if (topic == null) {
            return unchanged(state, new Result.UnknownTopic(set.topicId()));
        }
        SealedSegment segment = topic.sealed().get(set.segment());
        if (segment == null) {
            return set.segment() >= 1 && set.segment() < topic.open().number()
                    ? unchanged(state, new Result.Stale(topic.view()))
                    : rejected(state, "segment " + set.segment() + " of topic " + topic.name() + " is not sealed");
        }
        if (segment.moves() != set.moves()) {
            return unchanged(state, new Result.Stale(topic.view()));
        }
        String fault = replicasFault(set.replicas());
        if (fault != null) {
            return rejected(state, "replicas of segment " + set.segment() + " of topic " + topic.name() + ": " + fault);
        }
        if (!placeable(state, set.replicas(), segment.replicas())) {
            return unchanged(state, new Result.Stale(topic.view()));
        }
        Topic changed = new Topic(
                topic.topicId(),
                topic.name(),
                topic.sealed().plus(set.segment(), segment.moved(set.replicas())),
                topic.open(),
                topic.sealedEntries(),
                topic.trimmedEntries());
        SegmentCounts counts = state.counts().minusSealed(segment.replicas()).plusSealed(set.replicas());
        return new Applied(
                withTopic(state, changed, counts),
                new Result.Ok(),
                List.of(new Change.ReplicasChanged(topic.topicId(), set.segment())));
    }

    private static Applied trimTopic(ClusterState state, TrimTopic trim) {
        Topic topic = state.topic(trim.topicId());
        if (topic == null) {
            return unchanged(state, new Result.UnknownTopic(trim.topicId()));
        }
        if (trim.beforeSegment() < 1 || trim.beforeSegment() > topic.open().number()) {
            return rejected(
                    state,
                    "topic " + topic.name() + " cannot be trimmed before segment " + trim.beforeSegment()
                            + ": the open segment is " + topic.open().number());
        }
        TreePMap<Long, SealedSegment> sealed = topic.sealed();
        SegmentCounts counts = state.counts();
        long trimmedEntries = topic.trimmedEntries();
        while (!sealed.isEmpty() && sealed.firstKey() < trim.beforeSegment()) {
            SealedSegment first = sealed.firstEntry().getValue();
            trimmedEntries += first.entries();
            counts = counts.minusSealed(first.replicas());
            sealed = sealed.minusFirstEntry();
        }
        if (sealed.size() == topic.sealed().size()) {
            return unchanged(state, new Result.Ok());
        }
        Topic changed =
                new Topic(topic.topicId(), topic.name(), sealed, topic.open(), topic.sealedEntries(), trimmedEntries);
        return new Applied(
                withTopic(state, changed, counts),
                new Result.Ok(),
                List.of(new Change.TopicTrimmed(topic.topicId(), trim.beforeSegment())));
    }

    private static Applied deleteTopic(ClusterState state, long topicId) {
        Topic topic = state.topic(topicId);
        if (topic == null) {
            return unchanged(state, new Result.UnknownTopic(topicId));
        }
        SegmentCounts counts = state.counts().minusOpen(topic.open());
        for (SealedSegment segment : topic.sealed().values()) {
            counts = counts.minusSealed(segment.replicas());
        }
        ClusterState next = new ClusterState(
                state.version() + 1,
                state.clusterId(),
                state.nodes(),
                state.statuses(),
                counts,
                state.topics().minus(topicId),
                state.topicIds().minus(topic.name()),
                state.nextTopicId());
        return new Applied(next, new Result.Ok(), List.of(new Change.TopicDeleted(topic)));
    }

    private static Applied batch(ClusterState state, List<Command> commands) {
        if (commands.size() > Limits.MAX_COMMANDS_PER_BATCH) {
            return rejected(state, "a batch of more than " + Limits.MAX_COMMANDS_PER_BATCH + " commands");
        }
        if (commands.stream().anyMatch(Batch.class::isInstance)) {
            return rejected(state, "a batch within a batch");
        }
        ClusterState next = state;
        List<Result> results = new ArrayList<>(commands.size());
        List<Change> changes = new ArrayList<>();
        for (Command command : commands) {
            Applied applied = apply(next, command);
            next = applied.state();
            results.add(applied.result());
            changes.addAll(applied.changes());
        }
        return new Applied(next, new Result.BatchResult(results), changes);
    }

    private static @Nullable String replicasFault(List<Replica> replicas) {
        if (replicas.isEmpty() || replicas.size() > Limits.MAX_REPLICAS) {
            return replicas.size() + " replicas; it takes 1 to " + Limits.MAX_REPLICAS;
        }
        Set<Long> seen = new HashSet<>();
        for (Replica replica : replicas) {
            if (!seen.add(replica.nodeId())) {
                return "node " + replica.nodeId() + " twice";
            }
        }
        return null;
    }

    /// Whether each new replica is on a known node's present disk. One that isn't was placed by a node that did not
    /// know yet that the replica's node was removed, or came with another disk.
    ///
    /// @param before the replicas that are there already, on any disk
    private static boolean placeable(ClusterState state, List<Replica> replicas, List<Replica> before) {
        return replicas.stream().allMatch(replica -> before.contains(replica) || Placement.isPresent(state, replica));
    }

    /// A lost or late report can only name positions that were passed already, so the greater position is the true one.
    private static TreePMap<String, CursorPosition> advanced(
            TreePMap<String, CursorPosition> known, Map<String, CursorPosition> reported) {
        TreePMap<String, CursorPosition> cursors = known;
        for (Map.Entry<String, CursorPosition> cursor : reported.entrySet()) {
            CursorPosition before = cursors.get(cursor.getKey());
            if (before == null || before.compareTo(cursor.getValue()) < 0) {
                cursors = cursors.plus(cursor.getKey(), cursor.getValue());
            }
        }
        return cursors;
    }

    private static ClusterState withNodes(
            ClusterState state, TreePMap<Long, NodeInfo> nodes, TreePMap<Long, NodeStatus> statuses) {
        return new ClusterState(
                state.version() + 1,
                state.clusterId(),
                nodes,
                statuses,
                state.counts(),
                state.topics(),
                state.topicIds(),
                state.nextTopicId());
    }

    private static ClusterState withTopic(ClusterState state, Topic topic, SegmentCounts counts) {
        return new ClusterState(
                state.version() + 1,
                state.clusterId(),
                state.nodes(),
                state.statuses(),
                counts,
                state.topics().plus(topic.topicId(), topic),
                state.topicIds(),
                state.nextTopicId());
    }

    private static Applied unchanged(ClusterState state, Result result) {
        return new Applied(state, result, List.of());
    }

    private static Applied rejected(ClusterState state, String reason) {
        return unchanged(state, new Result.Rejected(reason));
    }

    /// A reason stays one line, even if the text of a command has several.
    private static String printable(String text) {
        String cut = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
