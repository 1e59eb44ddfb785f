package io.walrus.benchmarks.load;

import java.net.InetSocketAddress;
import java.util.List;

/// One measurement.
///
/// @param depth requests under way on each connection
/// @param payloadBytes size of each entry
/// @param topicPrefix topics are this and a number from 0; connection n uses number n modulo `topics`
/// @param preload entries put into each topic beforehand; FETCH reads these, so it needs some
/// @param serverPids the processes whose processor time is reported, together; none if there are none
public record LoadOptions(
        Target target,
        InetSocketAddress address,
        Operation operation,
        int connections,
        int depth,
        int payloadBytes,
        int topics,
        String topicPrefix,
        long preload,
        int threads,
        int warmUpSeconds,
        int seconds,
        List<Long> serverPids) {
    public LoadOptions {
        serverPids = List.copyOf(serverPids);
        require(connections >= 1 && connections <= 10_000, "connections: 1 to 10000");
        require(depth >= 1 && depth <= 100_000, "depth: 1 to 100000");
        require(payloadBytes >= 1 && payloadBytes <= 1 << 20, "size: 1 to 1048576 bytes");
        require(topics >= 1 && topics <= 1_000_000, "topics: 1 to 1000000");
        require(preload >= 0, "preload: 0 or more entries");
        require(preload > 0 || operation != Operation.FETCH, "fetch needs --preload: it reads those entries");
        require(threads >= 1 && threads <= connections, "threads: 1 to the number of connections");
        require(warmUpSeconds >= 0 && seconds >= 1, "seconds: 1 or more, warm-up: 0 or more");
    }

    String topic(int number) {
        return topicPrefix + number;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
