package io.walrus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The answer of CLUSTER, for people and for commands that wait for a node to be empty.
final class ClusterTable {
    private static final List<String> HEAD =
            List.of("node", "status", "alive", "heard", "log", "leads", "stores", "clients", "raft");

    private final Map<?, ?> cluster;

    /// Reads the JSON of CLUSTER.
    ///
    /// @throws IllegalArgumentException if it can't be read
    ClusterTable(String json) {
        if (!(JsonReader.read(json) instanceof Map<?, ?> fields)) {
            throw new IllegalArgumentException("no object");
        }
        cluster = fields;
    }

    /// The number of segments that a node has to store copies of, or null if there is no such node.
    @Nullable
    Long replicas(long node) {
        for (Map<?, ?> each : nodes()) {
            if (Objects.equals(each.get("id"), node) && each.get("replicas") instanceof Long count) {
                return count;
            }
        }
        return null;
    }

    /// The table's lines, for a terminal.
    String text() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        for (Map<?, ?> node : nodes()) {
            rows.add(List.of(
                    (Objects.equals(node.get("id"), cluster.get("metadata_leader")) ? "*" : " ") + word(node, "id"),
                    word(node, "status"),
                    Boolean.TRUE.equals(node.get("alive")) ? "yes" : "no",
                    heard(node.get("last_heard_ms")),
                    word(node, "log"),
                    word(node, "segments_led"),
                    word(node, "replicas"),
                    word(node, "client_address"),
                    word(node, "raft_address")));
        }
        StringBuilder text = new StringBuilder("cluster ").append(word(cluster, "cluster"));
        Object leader = cluster.get("metadata_leader");
        text.append(leader == null ? ", without a leader of the metadata" : ", * leads the metadata");
        for (List<String> row : rows) {
            text.append('\n').append(line(row, rows));
        }
        Map<?, ?> segments = cluster.get("segments") instanceof Map<?, ?> fields ? fields : Map.of();
        text.append("\n%s topics, %s sealed segments; with too few live copies: %s open, %s sealed"
                .formatted(
                        word(cluster, "topics"),
                        word(segments, "sealed"),
                        word(segments, "under_replicated_open"),
                        word(segments, "under_replicated_sealed")));
        return text.toString();
    }

    private static String line(List<String> row, List<List<String>> rows) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            int at = column;
            int width =
                    rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
            line.append(row.get(column))
                    .append(" ".repeat(width - row.get(column).length() + 2));
        }
        return line.toString().stripTrailing();
    }

    private List<Map<?, ?>> nodes() {
        List<Map<?, ?>> nodes = new ArrayList<>();
        if (cluster.get("nodes") instanceof List<?> all) {
            for (Object each : all) {
                if (each instanceof Map<?, ?> node) {
                    nodes.add(node);
                }
            }
        }
        return nodes;
    }

    private static String word(Map<?, ?> of, String field) {
        return Objects.toString(of.get(field), "-");
    }

    private static String heard(@Nullable Object ms) {
        if (!(ms instanceof Long since)) {
            return "never";
        }
        return since < 1_000 ? "now" : since / 1_000 + " s ago";
    }
}
