package io.walrus.benchmarks.server;

/// Whose protocol is spoken.
public enum LoadedSystem {
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
