package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.testkit.process.JavaProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/// A system with the durability that it is compared under: forced acknowledges only what was forced to disk.
///
/// @param program that has to be on the path; empty if it needs none
/// @param replicates whether it waits for replicas, so that three nodes of it can be compared
record Contestant(String title, String program, boolean replicates, Maker maker) {
    static final String FORCED = "Walrus forced";
    static final String UNFORCED = "Walrus not forced";
    static final String AFTER = "Walrus after";

    /// Makes its nodes, which don't run yet.
    @FunctionalInterface
    interface Maker {
        TestedSystem make(String title, int nodes, MeasuringCommand options) throws IOException;
    }

    static List<Contestant> all(Path launcher) {
        return List.of(
                walrus(FORCED, "group", launcher),
                kafka("Kafka forced", true),
                redis("Redis forced", "always"),
                walrus(UNFORCED, "os", launcher),
                kafka("Kafka not forced", false),
                new Contestant("JetStream not forced", "nats-server", true, JetStreamSystem::new),
                redis("Redis not forced", "everysec"));
    }

    /// Those that the load program speaks to.
    static List<Contestant> loaded(Path launcher) {
        return List.of(
                walrus(FORCED, "group", launcher),
                redis("Redis forced", "always"),
                new Contestant("echo (the network path alone)", "", false, (title, _, options) -> echo(title, options)),
                walrus(UNFORCED, "os", launcher),
                redis("Redis not forced", "everysec"),
                redis("Redis never forced", "no"));
    }

    static List<Contestant> builds(Path before, Path after) {
        return List.of(walrus("Walrus before", "group", before), walrus(AFTER, "group", after));
    }

    private static Contestant kafka(String title, boolean forced) {
        return new Contestant(title, "", true, (own, nodes, options) -> new KafkaSystem(own, nodes, options, forced));
    }

    private static Contestant redis(String title, String appendFsync) {
        return new Contestant(
                title, "redis-server", false, (own, _, options) -> new RedisSystem(own, options, appendFsync));
    }

    /// As with the others, one node leads a topic for the whole run.
    private static Contestant walrus(String title, String fsync, Path launcher) {
        return new Contestant(
                title,
                "",
                true,
                (own, nodes, options) -> new WalrusSystem(
                        own,
                        nodes,
                        options,
                        launcher,
                        setup -> setup.with("WALRUS_HEAP", TestedSystem.HEAP)
                                .withFlags("--replication-factor=" + nodes, "--fsync=" + fsync)
                                .withFlags("--max-segment-entries=1000000000", "--log=warn")));
    }

    /// A server that speaks Walrus' protocol and keeps nothing.
    private static TestedSystem echo(String title, MeasuringCommand options) throws IOException {
        return new WalrusSystem(title, 1, options, options.launcher(), UnaryOperator.identity()) {
            @Override
            ProcessBuilder process(int node) {
                List<String> arguments = List.of(Integer.toString(ports[node]), Integer.toString(PAYLOAD_BYTES));
                return JavaProgram.of(EchoServer.class.getName(), List.of(), arguments);
            }

            @Override
            void create(String topic) {}
        };
    }
}
