package io.walrus.benchmarks;

import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What STATE says of a topic.
///
/// @param leader of the open segment, whose number is `current`
/// @param entries in the open segment
/// @param replicas how many nodes store the open segment
/// @param segments numbers of all segments, in order
public record TopicView(int leader, long current, long entries, int replicas, List<Long> segments) {
    private static final Pattern COPIES = Pattern.compile("\"(\\d+)\"\\s*:\\s*\\[([^\\]]*)]");

    /// Asks for it.
    public static TopicView of(WalrusClient client, String topic) throws WalrusException, InterruptedException {
        return of(client.state(topic));
    }

    /// Reads it.
    public static TopicView of(String json) {
        long current = number(json, "current_segment");
        int replicas = 0;
        List<Long> segments = new ArrayList<>();
        Matcher copies = COPIES.matcher(json);
        while (copies.find()) {
            long segment = Long.parseLong(copies.group(1));
            segments.add(segment);
            if (segment == current) {
                replicas = copies.group(2).split(",", -1).length;
            }
        }
        segments.sort(null);
        return new TopicView(
                (int) number(json, "leader_node"),
                current,
                number(json, "current_segment_entries"),
                replicas,
                segments);
    }

    /// -1 if it isn't told, as while the leader can't be reached.
    private static long number(String json, String field) {
        Matcher found = Pattern.compile('"' + field + "\"\\s*:\\s*(\\d+)").matcher(json);
        return found.find() ? Long.parseLong(found.group(1)) : -1;
    }
}
