package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What STATE says of a topic.
///
/// @param sealed segment → its count of entries
/// @param unread entries that GET has not handed out
record TopicState(
        long currentSegment, SortedMap<Long, Long> sealed, long sealedEntries, long openEntries, long unread) {
    private static final int UNDER_WAY = 256;

    static TopicState of(Wire wire, String topic) throws IOException {
        JsonNode json = wire.ask("STATE " + topic).json();
        SortedMap<Long, Long> sealed = new TreeMap<>();
        json.get("sealed_segments")
                .properties()
                .forEach(field -> sealed.put(
                        Long.parseLong(field.getKey()), field.getValue().asLong()));
        TopicState state = new TopicState(
                json.get("current_segment").asLong(),
                sealed,
                json.get("last_sealed_entry_offset").asLong(),
                json.get("current_segment_entries").asLong(),
                json.get("unread").asLong());
        assertThat(state.sealedEntries)
                .as("last_sealed_entry_offset is the sum of the sealed counts: %s", json)
                .isEqualTo(sealed.values().stream().mapToLong(Long::longValue).sum());
        assertThat(sealed.keySet()).allMatch(segment -> segment < state.currentSegment);
        return state;
    }

    long entries() {
        return sealedEntries + openEntries;
    }

    /// All entries of a topic that nobody writes to, by FETCH, segment after segment. What can be read has to
    /// be exactly what the counts say.
    static List<byte[]> readAll(Wire wire, String topic) throws IOException {
        TopicState state = of(wire, topic);
        List<byte[]> all = new ArrayList<>();
        for (Map.Entry<Long, Long> segment : state.sealed.entrySet()) {
            long count = segment.getValue();
            read(wire, topic, segment.getKey(), count, all);
            assertThat(wire.ask("FETCH " + topic + " " + segment.getKey() + " " + (count + 1))
                            .text())
                    .as("behind the end of a sealed segment")
                    .startsWith("ERR offset out of range: ");
        }
        read(wire, topic, state.currentSegment, state.openEntries, all);
        return all;
    }

    private static void read(Wire wire, String topic, long segment, long count, List<byte[]> into) throws IOException {
        for (long from = 0; from < count; from += UNDER_WAY) {
            long to = Math.min(count, from + UNDER_WAY);
            for (long offset = from; offset < to; offset++) {
                wire.send("FETCH " + topic + " " + segment + " " + offset);
            }
            wire.flush();
            for (long offset = from; offset < to; offset++) {
                into.add(wire.reply().fetched(offset + 1));
            }
        }
        Reply end = wire.ask("FETCH " + topic + " " + segment + " " + count);
        assertThat(end.isEmpty())
                .as("%s at the end of segment %d of %s", end, segment, topic)
                .isTrue();
    }
}
