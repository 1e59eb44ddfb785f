package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What STATE says of a topic.
///
/// @param leader node that leads the open segment
/// @param leaders segment → node
/// @param sealed segment → its count of entries
/// @param openEntries of the open segment, or [#NOT_TOLD] while its leader can't be reached
/// @param unread entries that GET has not handed out, or the same
public record TopicState(
        long currentSegment,
        int leader,
        SortedMap<Long, Integer> leaders,
        SortedMap<Long, Long> sealed,
        long sealedEntries,
        long openEntries,
        long unread) {
    public static final long NOT_TOLD = -1;

    public static TopicState of(Wire wire, String topic) throws IOException {
        return of(wire.ask("STATE " + topic), topic);
    }

    /// Of the reply to STATE.
    public static TopicState of(WireReply reply, String topic) {
        JsonNode json = Json.of(reply);
        assertThat(json.get("topic").asText()).isEqualTo(topic);
        SortedMap<Long, Integer> leaders = new TreeMap<>();
        json.get("segment_leaders")
                .properties()
                .forEach(field -> leaders.put(
                        Long.parseLong(field.getKey()), field.getValue().asInt()));
        SortedMap<Long, Long> sealed = new TreeMap<>();
        json.get("sealed_segments")
                .properties()
                .forEach(field -> sealed.put(
                        Long.parseLong(field.getKey()), field.getValue().asLong()));
        TopicState state = new TopicState(
                json.get("current_segment").asLong(),
                json.get("leader_node").asInt(),
                leaders,
                sealed,
                json.get("last_sealed_entry_offset").asLong(),
                json.path("current_segment_entries").asLong(NOT_TOLD),
                json.path("unread").asLong(NOT_TOLD));
        assertThat(state.sealedEntries)
                .as("last_sealed_entry_offset is the sum of the sealed counts: %s", json)
                .isEqualTo(sealed.values().stream().mapToLong(Long::longValue).sum());
        assertThat(sealed.keySet()).allMatch(segment -> segment < state.currentSegment);
        return state;
    }

    public long entries() {
        return sealedEntries + openEntries;
    }

    /// All entries of a topic that nobody writes to, by FETCH, segment after segment. What can be read has to
    /// be exactly what the counts say.
    public static List<byte[]> readAll(Wire wire, String topic) throws IOException {
        List<byte[]> all = new ArrayList<>();
        new TopicReader(wire, topic, Duration.ZERO).readAll(all::add);
        return all;
    }
}
