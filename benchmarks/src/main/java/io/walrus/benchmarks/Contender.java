package io.walrus.benchmarks;

import io.walrus.benchmarks.load.EchoServer;
import io.walrus.benchmarks.load.Target;
import java.nio.file.Path;
import java.util.List;

/// A server with the settings it is compared under.
public enum Contender {
    WALRUS_GROUP("Walrus, fsync group", Target.WALRUS, "group"),
    WALRUS_OS("Walrus, fsync os", Target.WALRUS, "os"),
    REDIS_ALWAYS("Redis, appendfsync always", Target.REDIS, "always"),
    REDIS_EVERYSEC("Redis, appendfsync everysec", Target.REDIS, "everysec"),
    REDIS_NO("Redis, appendfsync no", Target.REDIS, "no"),
    ECHO("echo: the network path alone", Target.ECHO, "");

    private final String title;
    private final Target target;
    private final String policy;

    Contender(String title, Target target, String policy) {
        this.title = title;
        this.target = target;
        this.policy = policy;
    }

    public String title() {
        return title;
    }

    Target target() {
        return target;
    }

    /// How it is started with its data in a folder.
    public List<String> command(Path launcher, Path folder, int port, int otherPort, int payloadBytes) {
        return switch (target) {
            case WALRUS ->
                List.of(
                        launcher.toString(),
                        "--node-id=1",
                        "--data-dir=" + folder,
                        "--port=" + port,
                        "--raft-port=" + otherPort,
                        "--fsync=" + policy,
                        "--log=warn");
            case REDIS ->
                List.of(
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
                        policy,
                        "--save",
                        "",
                        "--auto-aof-rewrite-percentage",
                        "0");
            case ECHO ->
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EchoServer.class.getName(),
                        Integer.toString(port),
                        "1",
                        Integer.toString(payloadBytes));
        };
    }
}
