package io.walrus.benchmarks.server;

import java.nio.file.Path;
import java.util.List;

/// How a Redis server is started: its log of commands holds all, and nothing rewrites it.
public final class RedisServer {
    private RedisServer() {}

    /// The command line of a server.
    ///
    /// @param appendFsync the policy: `always`, `everysec` or `no`
    public static List<String> command(String appendFsync, Path folder, int port) {
        return List.of(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                appendFsync,
                "--save",
                "",
                "--auto-aof-rewrite-percentage",
                "0");
    }
}
