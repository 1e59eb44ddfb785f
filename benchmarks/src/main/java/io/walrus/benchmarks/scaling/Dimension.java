package io.walrus.benchmarks.scaling;

import java.util.ArrayList;
import java.util.List;

/// What grows while all else stays as it is.
enum Dimension {
    TOPICS("topics") {
        @Override
        List<Step> steps(long value) {
            int topics = Math.toIntExact(value);
            return List.of(
                    new Step(this, "one node", value, 1, topics, BASE_CONNECTIONS, BASE_DEPTH, BASE_BYTES),
                    new Step(this, "three nodes", value, 3, topics, BASE_CONNECTIONS, BASE_DEPTH, BASE_BYTES));
        }
    },
    NODES("nodes, each of which leads one topic; three copies") {
        @Override
        List<Step> steps(long value) {
            int nodes = Math.toIntExact(value);
            return List.of(new Step(this, "", value, nodes, nodes, BASE_CONNECTIONS, BASE_DEPTH, BASE_BYTES));
        }
    },
    CONNECTIONS("connections") {
        @Override
        List<Step> steps(long value) {
            int connections = Math.toIntExact(value);
            int depth = Math.min(BASE_DEPTH, Math.max(1, MAX_UNDER_WAY / connections));
            return List.of(
                    new Step(this, "one request at a time on each", value, 1, 1, connections, 1, BASE_BYTES),
                    new Step(this, "up to 64 under way on each", value, 1, 1, connections, depth, BASE_BYTES));
        }
    },
    SIZES("bytes of an entry") {
        @Override
        List<Step> steps(long value) {
            int bytes = Math.toIntExact(value);
            int depth = Math.clamp(MAX_BYTES_UNDER_WAY / BASE_CONNECTIONS / bytes, 1, BASE_DEPTH);
            return List.of(new Step(this, "", value, 1, 1, BASE_CONNECTIONS, depth, bytes));
        }
    },
    /// Its steps are of its own kind: see [Backlog].
    BACKLOG("a backlog that is read while puts go on") {
        @Override
        List<Step> steps(long value) {
            return List.of();
        }
    };

    static final int BASE_CONNECTIONS = 16;
    static final int BASE_DEPTH = 64;
    static final int BASE_BYTES = 1024;
    /// Requests on all connections together: beyond that it is the queues that are measured.
    static final int MAX_UNDER_WAY = 16_384;
    /// On all connections together.
    static final int MAX_BYTES_UNDER_WAY = 4 << 20;

    private final String title;

    Dimension(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    private List<Long> defaultValues() {
        return switch (this) {
            case TOPICS -> List.of(1L, 10L, 100L, 1_000L, 10_000L);
            case NODES -> List.of(1L, 3L, 5L);
            case CONNECTIONS -> List.of(1L, 16L, 256L, 1_000L);
            case SIZES -> List.of(100L, 1L << 10, 16L << 10, 256L << 10);
            case BACKLOG -> List.of();
        };
    }

    /// What is measured at one value.
    abstract List<Step> steps(long value);

    /// @param wanted only these values; all if there are none
    List<Step> all(List<Long> wanted) {
        List<Step> steps = new ArrayList<>();
        for (long value : wanted.isEmpty() ? defaultValues() : wanted) {
            steps.addAll(steps(value));
        }
        return steps;
    }
}
