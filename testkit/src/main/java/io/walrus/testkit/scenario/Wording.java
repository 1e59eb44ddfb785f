package io.walrus.testkit.scenario;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Result;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.peer.CopyOutcome;
import io.walrus.node.peer.HeldSegment;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.SegmentKey;
import io.walrus.storage.journal.RecordType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The words a transcript has for messages, commands and results: short, and the same in every run.
final class Wording {
    private static final int MAX_TEXT_CHARS = 16;

    private final Supplier<ClusterState> decided;

    /// @param decided which knows the names of topics
    Wording(Supplier<ClusterState> decided) {
        this.decided = decided;
    }

    /// A segment, as `topic/number`.
    String segment(long topicId, long number) {
        Topic topic = decided.get().topic(topicId);
        return (topic == null ? "topic-" + topicId : topic.name()) + "/" + number;
    }

    String segment(SegmentKey key) {
        return segment(key.topicId(), key.segment());
    }

    static String text(String payload) {
        boolean isLong = payload.length() > MAX_TEXT_CHARS;
        return isLong
                ? "\"" + payload.substring(0, MAX_TEXT_CHARS / 2) + "…\" (" + payload.length() + " bytes)"
                : "\"" + payload + "\"";
    }

    private static String text(ByteBuffer payload) {
        return text(StandardCharsets.UTF_8.decode(payload.duplicate()).toString());
    }

    static String count(long count, String what) {
        return count + " " + (count != 1 ? what + "s" : what);
    }

    static String nodes(Collection<Replica> replicas) {
        return replicas.stream().map(replica -> Long.toString(replica.nodeId())).collect(Collectors.joining(" "));
    }

    /// A message, or null for one that belongs to the one before.
    @Nullable
    String message(PeerMessage message) {
        String kind = message.getClass().getSimpleName();
        String rest =
                switch (message) {
                    case PeerMessage.CopiesEnd _ -> null;
                    case PeerMessage.Hello hello -> "from node " + hello.nodeId();
                    case PeerMessage.Ping _, PeerMessage.Done _, PeerMessage.Empty _, PeerMessage.Stale _ -> "";
                    case PeerMessage.Longer longer -> count(longer.bytes(), "byte");
                    case PeerMessage.Put put -> segment(put.topicId(), put.segment()) + " " + text(put.payload());
                    case PeerMessage.Get get -> segment(get.topicId(), get.segment());
                    case PeerMessage.State state -> segment(state.topicId(), 0).replace("/0", "");
                    case PeerMessage.Read read ->
                        segment(read.segment())
                                + switch (read.kind()) {
                                    case ENTRIES -> " from offset " + read.from();
                                    case RECORDS -> " records " + range(read.from(), read.upTo());
                                };
                    case PeerMessage.Fence fence -> segments(fence.segments());
                    case PeerMessage.Skip skip ->
                        segment(skip.topicId(), skip.segment()) + " to " + position(skip.to())
                                + (skip.isDryRun() ? " (dry run)" : "");
                    case PeerMessage.Measure measure -> segment(measure.segment());
                    case PeerMessage.Measured measured -> length(measured.copy());
                    case PeerMessage.Fill fill ->
                        segment(fill.segment()) + " up to " + count(fill.upTo(), "record") + " from node "
                                + fill.fromNode();
                    case PeerMessage.Holds holds ->
                        segments(holds.segments().stream()
                                .map(HeldSegment::segment)
                                .toList());
                    case PeerMessage.Payload payload -> text(payload.payload());
                    case PeerMessage.Json json -> json.body();
                    case PeerMessage.Failed failed -> failed.message();
                    case PeerMessage.Block block -> block(block.records());
                    case PeerMessage.Fenced fenced ->
                        fenced.copies().isEmpty()
                                ? "nothing"
                                : join(fenced.copies().stream().map(this::length));
                    case PeerMessage.Held held -> held.segments().isEmpty() ? "nothing" : segments(held.segments());
                    case PeerMessage.Copy copy -> segment(copy.segment()) + " " + records(copy.records());
                    case PeerMessage.Copied copied ->
                        join(copied.outcomes().stream().map(Wording::outcome));
                    case PeerMessage.Follows follows -> segment(follows.segment());
                    case PeerMessage.Sync sync -> "my log is " + sync.health();
                    case PeerMessage.Synced synced ->
                        "version " + synced.version() + ", alive "
                                + synced.nodes().stream()
                                        .filter(report -> report.isAlive())
                                        .map(report -> Long.toString(report.nodeId()))
                                        .collect(Collectors.joining(" "));
                };
        return rest == null ? null : (kind + " " + rest).strip();
    }

    private static String join(Stream<String> parts) {
        return parts.collect(Collectors.joining(", "));
    }

    private String segments(List<SegmentKey> keys) {
        return join(keys.stream().map(this::segment));
    }

    private static String range(long from, long to) {
        return from == to
                ? "from " + from + " on: none"
                : to == from + 1 ? Long.toString(from) : from + ".." + (to - 1);
    }

    /// Of entries or of records, which the question says.
    private static String block(RecordBlock block) {
        return block.count() == 0 ? "nothing" : "with " + range(block.first(), block.next());
    }

    private static String records(RecordBlock block) {
        if (block.count() == 0) {
            return "nothing, behind " + count(block.first(), "record");
        }
        List<Long> cursors = new ArrayList<>();
        for (int i = 0; i < block.count(); i++) {
            if (block.type(i) == RecordType.CURSOR) {
                cursors.add(block.first() + i);
            }
        }
        String which = (block.count() == 1 ? "record " : "records ") + range(block.first(), block.next());
        return cursors.isEmpty()
                ? which
                : which + " (cursor: " + join(cursors.stream().map(String::valueOf)) + ")";
    }

    private static String outcome(CopyOutcome outcome) {
        String kind = outcome.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return switch (outcome.kind()) {
            case TAKEN, OTHER_LENGTH -> kind + " " + outcome.records();
            case EARLY, NOT_FOLLOWED, FENCED, FAILED, FULL, TOO_LARGE -> kind;
        };
    }

    private String length(CopyLength length) {
        CursorPosition cursor = length.cursor();
        return segment(length.segment()) + " at " + count(length.records(), "record")
                + (length.vouched() ? "" : " in doubt")
                + (cursor == null ? "" : ", cursor at " + position(cursor));
    }

    private static String position(CursorPosition cursor) {
        return cursor.segment() + ":" + cursor.offset();
    }

    String command(Command command) {
        return switch (command) {
            case Command.InitCluster _ -> "found the cluster";
            case Command.UpsertNode(NodeInfo node) ->
                "node " + node.nodeId() + " runs for the " + nth(node.bootId().getLeastSignificantBits())
                        + " time, on its " + nth(node.diskId().getMostSignificantBits() - 1) + " disk";
            case Command.RemoveNode remove -> "remove node " + remove.nodeId();
            case Command.SetNodeStatus set ->
                "node " + set.nodeId() + " is " + set.status().name().toLowerCase(Locale.ROOT);
            case Command.CreateTopic create ->
                "create topic " + create.name() + " with " + count(create.replicationFactor(), "replica");
            case Command.SealSegment seal ->
                "seal " + segment(seal.topicId(), seal.segment()) + " at " + count(seal.records(), "record")
                        + cursors(seal.cursors()) + ", next on " + nodes(seal.newReplicas());
            case Command.SetReplicas set ->
                "copies of " + segment(set.topicId(), set.segment()) + " on " + nodes(set.replicas()) + " after "
                        + count(set.moves(), "move");
            case Command.TrimTopic trim -> "trim before " + segment(trim.topicId(), trim.beforeSegment());
            case Command.DeleteTopic delete -> "delete topic " + delete.topicId();
            case Command.Batch(List<Command> commands) ->
                commands.stream().map(this::command).collect(Collectors.joining("; "));
        };
    }

    private static String nth(long number) {
        return number == 1 ? "1st" : number == 2 ? "2nd" : number == 3 ? "3rd" : number + "th";
    }

    private static String cursors(Map<String, CursorPosition> cursors) {
        CursorPosition shared = cursors.get(CursorPosition.SHARED);
        return shared == null ? "" : ", cursor at " + position(shared);
    }

    static String result(Result result) {
        return switch (result) {
            case Result.Ok _ -> "done";
            case Result.Created _ -> "created";
            case Result.Exists _ -> "exists already";
            case Result.Sealed _ -> "sealed";
            case Result.Stale _ -> "stale, nothing changes";
            case Result.UnknownTopic _ -> "unknown topic";
            case Result.Rejected(String reason) -> "rejected: " + reason;
            case Result.BatchResult(List<Result> results) ->
                join(results.stream().map(Wording::result));
        };
    }
}
