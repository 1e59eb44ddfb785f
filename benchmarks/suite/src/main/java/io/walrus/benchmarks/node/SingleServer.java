package io.walrus.benchmarks.node;

import io.walrus.benchmarks.load.EchoServer;
import io.walrus.benchmarks.load.LoadedSystem;
import io.walrus.benchmarks.server.RedisServer;
import io.walrus.testkit.process.NodeProgram;
import io.walrus.testkit.process.NodeSetup;
import java.nio.file.Path;

/// A server with the settings it is compared under.
enum SingleServer {
    WALRUS_GROUP("Walrus fsync group", LoadedSystem.WALRUS, "group"),
    WALRUS_OS("Walrus fsync os", LoadedSystem.WALRUS, "os"),
    REDIS_ALWAYS("Redis appendfsync always", LoadedSystem.REDIS, "always"),
    REDIS_EVERYSEC("Redis appendfsync everysec", LoadedSystem.REDIS, "everysec"),
    REDIS_NO("Redis appendfsync no", LoadedSystem.REDIS, "no"),
    ECHO("echo (the network path alone)", LoadedSystem.ECHO, "");

    private final String title;
    private final LoadedSystem system;
    private final String policy;

    SingleServer(String title, LoadedSystem system, String policy) {
        this.title = title;
        this.system = system;
        this.policy = policy;
    }

    String title() {
        return title;
    }

    LoadedSystem system() {
        return system;
    }

    /// The process with its data in a folder.
    ProcessBuilder process(Path launcher, Path folder, int port, int otherPort, int payloadBytes) {
        return switch (system) {
            case WALRUS ->
                NodeSetup.of(new NodeProgram.OfLauncher(launcher), folder)
                        .withPorts(port, otherPort)
                        .withFlags("--fsync=" + policy, "--log=warn")
                        .process();
            case REDIS -> new ProcessBuilder(RedisServer.command(policy, folder, port));
            case ECHO ->
                new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EchoServer.class.getName(),
                        Integer.toString(port),
                        Integer.toString(payloadBytes));
        };
    }
}
