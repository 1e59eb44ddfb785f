package io.walrus.benchmarks.server;

import io.walrus.testkit.process.JsonText;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What STATE says of a topic.
///
/// @param leader of the open segment, whose number is `current`
/// @param entries in the open segment; -1 while its leader can't be reached
/// @param replicas how many nodes store the open segment
/// @param segments numbers of all segments, in order
record TopicFigures(int leader, long current, long entries, int replicas, List<Long> segments) {
    static TopicFigures of(WireReply reply) throws IOException {
        if (reply.isError()) {
            throw new IOException(reply.text());
        }
        return of(reply.payloadText());
    }

    static TopicFigures of(String json) {
        Map<?, ?> state = JsonText.object(json);
        long current = number(state.get("current_segment"));
        Map<?, ?> replicas = state.get("replicas") instanceof Map<?, ?> map ? map : Map.of();
        return new TopicFigures(
                (int) number(state.get("leader_node")),
                current,
                number(state.get("current_segment_entries")),
                JsonText.list(replicas.get(Long.toString(current))).size(),
                replicas.keySet().stream()
                        .map(segment -> Long.valueOf(String.valueOf(segment)))
                        .sorted()
                        .toList());
    }

    private static long number(@Nullable Object value) {
        return value instanceof Long number ? number : -1;
    }
}
