package io.walrus.benchmarks.server;

import java.util.List;

/// What grows while all else stays as it is: a table of the results.
///
/// @param title of the table
/// @param ofEntries whether entries grow, so that the work is their bytes
/// @param values of what grows, each a step
/// @param steps what is measured at one value
record GrowthDimension(String title, boolean ofEntries, List<Integer> values, StepOf steps) {
    static final int CONNECTIONS = 16;
    static final int DEPTH = 64;
    static final int PAYLOAD_BYTES = 1024;
    /// Requests on all connections together: beyond that it is the queues that are measured.
    private static final int MAX_UNDER_WAY = 16_384;
    /// On all connections together.
    private static final int MAX_BYTES_UNDER_WAY = 4 << 20;

    static final String NODES = "nodes that each lead one topic with three copies";

    /// One measurement to be made.
    ///
    /// @param depth requests under way on each connection
    record Step(int nodes, int topics, int connections, int depth, int payloadBytes) {}

    /// The step for a value.
    @FunctionalInterface
    interface StepOf {
        Step at(int value);
    }

    static List<GrowthDimension> all() {
        List<Integer> topics = List.of(1, 10, 100, 1_000, 10_000);
        List<Integer> connections = List.of(1, 16, 256, 1_000);
        return List.of(
                new GrowthDimension("topics on one node", false, topics, count -> topics(1, count)),
                new GrowthDimension("topics on three nodes", false, topics, count -> topics(3, count)),
                new GrowthDimension(
                        NODES,
                        false,
                        List.of(1, 3, 5),
                        count -> new Step(count, count, CONNECTIONS, DEPTH, PAYLOAD_BYTES)),
                new GrowthDimension(
                        "connections with one request under way on each",
                        false,
                        connections,
                        count -> new Step(1, 1, count, 1, PAYLOAD_BYTES)),
                new GrowthDimension(
                        "connections with up to 64 under way on each",
                        false,
                        connections,
                        count -> new Step(1, 1, count, Math.clamp(MAX_UNDER_WAY / count, 1, DEPTH), PAYLOAD_BYTES)),
                new GrowthDimension("bytes of an entry", true, List.of(100, 1 << 10, 16 << 10, 256 << 10), bytes -> {
                    int depth = Math.clamp(MAX_BYTES_UNDER_WAY / CONNECTIONS / bytes, 1, DEPTH);
                    return new Step(1, 1, CONNECTIONS, depth, bytes);
                }));
    }

    private static Step topics(int nodes, int count) {
        return new Step(nodes, count, CONNECTIONS, DEPTH, PAYLOAD_BYTES);
    }
}
