package io.walrus.benchmarks.load;

import java.util.List;

/// One measurement.
///
/// @param depth requests under way on each connection
/// @param payloadBytes size of each entry
/// @param preload entries put into each topic beforehand; FETCH reads these, so it needs some
/// @param threads that drive the connections
/// @param serverPids the processes whose processor time is reported, together; none if there are none
public record LoadPlan(
        LoadedSystem system,
        LoadOperation operation,
        int depth,
        int payloadBytes,
        long preload,
        int threads,
        int warmUpSeconds,
        int seconds,
        List<Long> serverPids) {
    public LoadPlan {
        serverPids = List.copyOf(serverPids);
        require(depth >= 1 && depth <= 100_000, "depth: 1 to 100000");
        require(payloadBytes >= 1 && payloadBytes <= 1 << 20, "size: 1 to 1048576 bytes");
        require(preload >= 0, "preload: 0 or more entries");
        require(preload > 0 || operation != LoadOperation.FETCH, "fetch needs --preload: it reads those entries");
        require(threads >= 1, "threads: 1 or more");
        require(warmUpSeconds >= 0 && seconds >= 1, "seconds: 1 or more, warm-up: 0 or more");
    }

    /// Puts of topics that are there, over one thread.
    public static LoadPlan puts(
            LoadedSystem system, int depth, int payloadBytes, int warmUpSeconds, int seconds, List<Long> pids) {
        return new LoadPlan(system, LoadOperation.PUT, depth, payloadBytes, 0, 1, warmUpSeconds, seconds, pids);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
