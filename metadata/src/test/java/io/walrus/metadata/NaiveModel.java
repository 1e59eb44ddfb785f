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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// The metadata rules once more, written as plainly as possible over mutable lists that are searched from end to end.
/// Only the kind of a result is modelled, and the whole state.
final class NaiveModel {
    static final class Segment {
        long number;
        long records;
        long entries;
        long bytes;
        long leader;
        List<Replica> replicas = List.of();
        long moves;
    }

    static final class ModelTopic {
        long id;
        String name = "";
        final List<Segment> segments = new ArrayList<>();
        final TreeMap<String, CursorPosition> cursors = new TreeMap<>();
        long sealedEntries;
        long trimmedEntries;
    }

    final List<NodeInfo> nodes = new ArrayList<>();
    final TreeMap<Long, NodeStatus> statuses = new TreeMap<>();
    final List<ModelTopic> topics = new ArrayList<>();

    @Nullable
    UUID clusterId;

    long lastTopicId;

    String apply(Command command) {
        if (command instanceof Batch(var commands)) {
            return commands.stream().map(this::apply).collect(Collectors.joining(",", "[", "]"));
        }
        if (clusterId == null && !(command instanceof InitCluster)) {
            return "Rejected";
        }
        return switch (command) {
            case InitCluster(var id) -> {
                clusterId = clusterId == null ? id : clusterId;
                yield id.equals(clusterId) ? "Ok" : "Rejected";
            }
            case UpsertNode(var node) -> upsert(node);
            case RemoveNode(var id) -> {
                if (segments().anyMatch(s -> s.replicas.stream().anyMatch(r -> r.nodeId() == id))
                        && nodes.stream().anyMatch(n -> n.nodeId() == id)) {
                    yield "Rejected";
                }
                nodes.removeIf(n -> n.nodeId() == id);
                statuses.remove(id);
                yield "Ok";
            }
            case SetNodeStatus set -> setStatus(set);
            case CreateTopic create -> create(create);
            case SealSegment seal -> seal(seal);
            case SetReplicas set -> setReplicas(set);
            case TrimTopic(var id, var before) -> trim(id, before);
            case DeleteTopic(var id) -> topics.removeIf(t -> t.id == id) ? "Ok" : "UnknownTopic";
            case Batch _ -> throw new AssertionError("handled above");
        };
    }

    private Stream<Segment> segments() {
        return topics.stream().flatMap(t -> t.segments.stream());
    }

    private String upsert(NodeInfo node) {
        if (nodes.stream()
                .anyMatch(n -> n.nodeId() != node.nodeId() && n.diskId().equals(node.diskId()))) {
            return "Rejected";
        }
        if (nodes.stream()
                .anyMatch(n -> n.nodeId() == node.nodeId() && !n.bootId().equals(node.bootId()))) {
            statuses.computeIfPresent(
                    node.nodeId(), (_, status) -> status == NodeStatus.GONE ? NodeStatus.ACTIVE : status);
        }
        nodes.removeIf(n -> n.nodeId() == node.nodeId());
        nodes.add(node);
        statuses.putIfAbsent(node.nodeId(), NodeStatus.ACTIVE);
        nodes.sort(Comparator.comparingLong(NodeInfo::nodeId));
        return "Ok";
    }

    private String setStatus(SetNodeStatus set) {
        NodeStatus before = statuses.get(set.nodeId());
        if (before == null || (before != set.status() && set.expected() != null && set.expected() != before)) {
            return "Rejected";
        }
        statuses.put(set.nodeId(), set.status());
        return "Ok";
    }

    private String create(CreateTopic create) {
        if (create.name().isEmpty()) {
            return "Rejected";
        }
        if (topics.stream().anyMatch(t -> t.name.equals(create.name()))) {
            return "Exists";
        }
        if (nodes.isEmpty() || create.replicationFactor() < 1 || create.replicationFactor() > Limits.MAX_REPLICAS) {
            return "Rejected";
        }
        CRC32C crc = new CRC32C();
        crc.update(create.name().getBytes(StandardCharsets.UTF_8));
        List<NodeInfo> candidates = new ArrayList<>(nodes);
        if (statuses.containsValue(NodeStatus.ACTIVE)) {
            candidates.removeIf(n -> statuses.get(n.nodeId()) != NodeStatus.ACTIVE);
        }
        int first = (int) (crc.getValue() % candidates.size());
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < create.replicationFactor() && i < candidates.size(); i++) {
            replicas.add(candidates.get((first + i) % candidates.size()).replica());
        }
        ModelTopic topic = new ModelTopic();
        topic.id = ++lastTopicId;
        topic.name = create.name();
        topic.segments.add(open(1, replicas.getFirst().nodeId(), replicas));
        topics.add(topic);
        return "Created";
    }

    private static Segment open(long number, long leader, List<Replica> replicas) {
        Segment segment = new Segment();
        segment.number = number;
        segment.leader = leader;
        segment.replicas = replicas;
        return segment;
    }

    private String seal(SealSegment seal) {
        ModelTopic topic = topic(seal.topicId());
        if (topic == null) {
            return "UnknownTopic";
        }
        Segment open = topic.segments.getLast();
        if (seal.segment() < open.number) {
            return "Stale";
        }
        boolean cursorPastEnd = seal.cursors().values().stream()
                .anyMatch(c ->
                        c.segment() > seal.segment() || (c.segment() == seal.segment() && c.offset() > seal.records()));
        if (seal.segment() > open.number
                || seal.entries() < 0
                || seal.records() < seal.entries()
                || seal.bytes() < 0
                || cursorPastEnd
                || seal.newReplicas().stream().noneMatch(r -> r.nodeId() == seal.newLeader())
                || !isAListOfReplicas(seal.newReplicas())) {
            return "Rejected";
        }
        if (!placeable(seal.newReplicas(), List.of())) {
            return "Stale";
        }
        open.records = seal.records();
        open.entries = seal.entries();
        open.bytes = seal.bytes();
        if (seal.entries() == 0) {
            topic.segments.removeLast();
        }
        topic.segments.add(open(open.number + 1, seal.newLeader(), seal.newReplicas()));
        topic.sealedEntries += seal.entries();
        seal.cursors()
                .forEach(
                        (name, position) -> topic.cursors.merge(name, position, (a, b) -> a.compareTo(b) >= 0 ? a : b));
        return "Sealed";
    }

    private String setReplicas(SetReplicas set) {
        ModelTopic topic = topic(set.topicId());
        if (topic == null) {
            return "UnknownTopic";
        }
        long open = topic.segments.getLast().number;
        if (set.segment() < 1 || set.segment() >= open) {
            return "Rejected";
        }
        for (Segment segment : topic.segments) {
            if (segment.number == set.segment()) {
                if (segment.moves != set.moves()) {
                    return "Stale";
                }
                if (!isAListOfReplicas(set.replicas())) {
                    return "Rejected";
                }
                if (!placeable(set.replicas(), segment.replicas)) {
                    return "Stale";
                }
                segment.replicas = set.replicas();
                segment.moves++;
                return "Ok";
            }
        }
        return "Stale";
    }

    private String trim(long topicId, long before) {
        ModelTopic topic = topic(topicId);
        if (topic == null) {
            return "UnknownTopic";
        }
        if (before < 1 || before > topic.segments.getLast().number) {
            return "Rejected";
        }
        while (topic.segments.getFirst().number < before) {
            topic.trimmedEntries += topic.segments.removeFirst().entries;
        }
        return "Ok";
    }

    private static boolean isAListOfReplicas(List<Replica> replicas) {
        long distinct = replicas.stream().map(Replica::nodeId).distinct().count();
        return !replicas.isEmpty() && distinct == replicas.size();
    }

    private boolean placeable(List<Replica> replicas, List<Replica> before) {
        return replicas.stream()
                .allMatch(r -> before.contains(r)
                        || nodes.stream().anyMatch(n -> n.replica().equals(r)));
    }

    private @Nullable ModelTopic topic(long id) {
        return topics.stream().filter(t -> t.id == id).findAny().orElse(null);
    }

    /// Why the state is not the one this model is in, or null if it is.
    @Nullable
    String difference(ClusterState state) {
        if (!nodes.equals(List.copyOf(state.nodes().values()))) {
            return "nodes: " + nodes + " but " + state.nodes();
        }
        if (nodes.stream().anyMatch(n -> state.status(n.nodeId()) != statuses.get(n.nodeId()))) {
            return "statuses: " + statuses + " but " + state.statuses();
        }
        if (state.topics().size() != topics.size() || state.nextTopicId() != lastTopicId + 1) {
            return "topics: " + topics.size() + " but " + state.topics().size();
        }
        String miscount = miscount(state.counts());
        if (miscount != null) {
            return miscount;
        }
        for (ModelTopic expected : topics) {
            Topic topic = state.topic(expected.name);
            if (topic == null || !topic.equals(frozen(expected)) || !topic.equals(state.topic(expected.id))) {
                return "topic: " + frozen(expected) + " but " + topic;
            }
        }
        return null;
    }

    private @Nullable String miscount(SegmentCounts counts) {
        List<Segment> open = topics.stream().map(t -> t.segments.getLast()).toList();
        List<Segment> sealed = segments().filter(s -> !open.contains(s)).toList();
        Map<SegmentCounts.Led, Long> led = open.stream()
                .collect(
                        Collectors.groupingBy(s -> new SegmentCounts.Led(s.leader, s.replicas), Collectors.counting()));
        Map<List<Replica>, Long> stored =
                sealed.stream().collect(Collectors.groupingBy(s -> s.replicas, Collectors.counting()));
        if (!led.equals(counts.open()) || !stored.equals(counts.sealed())) {
            return "counts: " + led + " and " + stored + " but " + counts;
        }
        for (long id = 1; id <= 8; id++) {
            long node = id;
            long ledBy = open.stream().filter(s -> s.leader == node).count();
            long replicas = segments()
                    .flatMap(s -> s.replicas.stream())
                    .filter(r -> r.nodeId() == node)
                    .count();
            if (counts.ledBy(node) != ledBy || counts.replicasOn(node) != replicas) {
                return "node " + node + " leads " + ledBy + " and stores " + replicas + " but " + counts;
            }
        }
        return null;
    }

    private static Topic frozen(ModelTopic model) {
        TreePMap<Long, SealedSegment> sealed = TreePMap.empty();
        for (Segment s : model.segments.subList(0, model.segments.size() - 1)) {
            sealed = sealed.plus(
                    s.number,
                    new SealedSegment(s.number, s.records, s.entries, s.bytes, s.leader, s.replicas, s.moves));
        }
        Segment last = Objects.requireNonNull(model.segments.getLast());
        OpenSegment open =
                new OpenSegment(last.number, last.leader, last.replicas, TreePMap.fromSortedMap(model.cursors));
        return new Topic(model.id, model.name, sealed, open, model.sealedEntries, model.trimmedEntries);
    }
}
