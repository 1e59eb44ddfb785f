package io.walrus.benchmarks.server;

import java.util.List;

/// One measurement.
///
/// @param depth requests under way on each connection
/// @param payloadBytes size of each entry
/// @param preload entries put into each topic beforehand; FETCH reads these, so it needs some
/// @param serverPids the processes whose processor time is reported, together; none if there are none
record LoadPlan(
        Target target,
        Operation operation,
        int depth,
        int payloadBytes,
        int preload,
        int warmUpSeconds,
        int seconds,
        List<Long> serverPids) {
    /// What the connections ask for, over and over.
    enum Operation {
        PUT,
        /// Take the next entry that nobody was handed yet.
        GET,
        /// Read an entry by its offset.
        FETCH
    }

    /// Whose protocol is spoken.
    enum Target {
        /// Spoken by the [EchoServer], too.
        WALRUS,
        /// Streams of Redis: PUT is `XADD`, GET is `XREADGROUP … NOACK`, FETCH is `XRANGE` of one id.
        REDIS;

        LoadProtocol protocol() {
            return switch (this) {
                case WALRUS -> new WalrusFrames();
                case REDIS -> new RedisFrames();
            };
        }
    }

    LoadPlan {
        serverPids = List.copyOf(serverPids);
        require(depth >= 1 && depth <= 100_000, "depth: 1 to 100000");
        require(payloadBytes >= 1 && payloadBytes <= 1 << 20, "size: 1 to 1048576 bytes");
        require(preload >= 0, "preload: 0 or more entries");
        require(preload > 0 || operation != Operation.FETCH, "fetch needs --preload: it reads those entries");
        require(warmUpSeconds >= 0 && seconds >= 1, "seconds: 1 or more, warm-up: 0 or more");
    }

    LoadPlan lasting(int warmUp, int measured) {
        return new LoadPlan(target, operation, depth, payloadBytes, preload, warmUp, measured, serverPids);
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
