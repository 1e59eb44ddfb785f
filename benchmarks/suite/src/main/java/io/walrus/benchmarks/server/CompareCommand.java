package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MachineFacts;
import io.walrus.benchmarks.report.ResultTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Compares Walrus with Kafka, NATS JetStream and Redis Streams, or with another build of itself.
@Command(
        name = "compare",
        description = "Starts Walrus, Kafka, NATS JetStream and Redis in turn, alone and as clusters of three, puts"
                + " the same load on each and compares what they reach.")
public final class CompareCommand extends ComparingCommand {
    private static final List<Integer> SIZES = List.of(1, 3);

    @Option(names = "--first-warm-up", description = "seconds of load after each start, before all but the idling")
    private int firstWarmUpSeconds = 20;

    @Option(
            names = "--walrus-before",
            description = "compare this checkout with that one, which has been built, and with nothing else:"
                    + " puts of 16 connections with 1 and 64 under way on each")
    private @Nullable Path before;

    public CompareCommand() {
        super(3, 2, 5);
    }

    @Override
    protected void measure() throws IOException, InterruptedException {
        Path other = before;
        List<Contestant> contestants = other == null
                ? Contestant.all(launcher())
                : Contestant.builds(other.resolve("bin").resolve("walrus-node").toAbsolutePath(), launcher());
        for (int nodes : SIZES) {
            compare(
                    group(nodes),
                    nodes,
                    contestants,
                    other == null ? ComparedWorkload.all() : ComparedWorkload.puts(),
                    firstWarmUpSeconds);
        }
    }

    /// Builds are kept apart from the peers.
    @Override
    protected String title() {
        return before == null ? super.title() : "builds";
    }

    static String group(int nodes) {
        return nodes == 1 ? "one node" : "three nodes";
    }

    @Override
    protected ResultTables tables() throws IOException {
        boolean builds = before != null;
        String peers = builds
                ? "two builds of Walrus: " + before + " before, this one after"
                : KafkaSystem.version() + ", " + MachineFacts.version("nats-server") + ", "
                        + MachineFacts.version("redis-server");
        return new ResultTables(
                builds ? "Walrus before and after" : "Walrus beside its peers",
                facts(peers)
                        + "- each start is loaded for " + firstWarmUpSeconds + " s before it is measured"
                        + " (`--first-warm-up`); entries of " + TestedSystem.PAYLOAD_BYTES
                        + " bytes; every JVM has " + TestedSystem.HEAP + " of heap\n",
                """
                A ratio says how many times as good Walrus is: more requests, or less time, processor or memory;
                below 1 it is worse. A ratio compares two servers within one round, one soon after the other. The
                [description](../README.md#beside-its-peers) has what each server was set to, and how it was driven.
                """,
                builds ? List.of(Contestant.AFTER) : List.of(Contestant.FORCED, Contestant.UNFORCED),
                builds ? "" : Goal.table(samples()));
    }
}
