package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.report.MeasuringOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A system with the durability that it is compared under.
///
/// @param forced whether it acknowledges only what was forced to disk
/// @param program that has to be on the path; empty if it needs none
/// @param replicates whether it waits for replicas, so that three nodes of it can be compared
record Contestant(String title, boolean forced, String program, boolean replicates, Maker maker) {
    static final String FORCED = "Walrus forced";
    static final String UNFORCED = "Walrus not forced";
    static final String BEFORE = "Walrus before";
    static final String AFTER = "Walrus after";

    /// Makes its nodes, which don't run yet.
    @FunctionalInterface
    interface Maker {
        ComparedSystem make(Contestant contestant, int nodes, MeasuringOptions options) throws IOException;
    }

    /// Walrus and its peers.
    static List<Contestant> all(Path launcher) {
        return List.of(
                walrus(FORCED, true, launcher),
                new Contestant("Kafka forced", true, "", true, KafkaSystem::new),
                new Contestant("Redis forced", true, "redis-server", false, RedisSystem::new),
                walrus(UNFORCED, false, launcher),
                new Contestant("Kafka not forced", false, "", true, KafkaSystem::new),
                new Contestant("JetStream not forced", false, "nats-server", true, JetStreamSystem::new),
                new Contestant("Redis not forced", false, "redis-server", false, RedisSystem::new));
    }

    /// Two builds of Walrus.
    static List<Contestant> builds(Path before, Path after) {
        return List.of(walrus(BEFORE, true, before), walrus(AFTER, true, after));
    }

    private static Contestant walrus(String title, boolean forced, Path launcher) {
        return new Contestant(
                title, forced, "", true, (self, nodes, options) -> new WalrusSystem(self, nodes, options, launcher));
    }
}
