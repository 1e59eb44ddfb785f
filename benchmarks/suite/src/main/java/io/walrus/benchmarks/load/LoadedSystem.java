package io.walrus.benchmarks.load;

/// Whose protocol is spoken.
public enum LoadedSystem {
    WALRUS,
    /// Streams of Redis: PUT is `XADD`, GET is `XREADGROUP … NOACK`, FETCH is `XRANGE` of one id.
    REDIS,
    /// An [EchoServer], which answers Walrus' requests without doing anything.
    ECHO;

    LoadProtocol protocol() {
        return switch (this) {
            case WALRUS, ECHO -> new WalrusFrames();
            case REDIS -> new RedisFrames();
        };
    }
}
