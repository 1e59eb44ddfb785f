package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.report.MachineFacts;
import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.ResultTables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Compares Walrus with Kafka, NATS JetStream and Redis Streams, or with another build of itself. The systems take
/// turns: each round starts every one of them anew, one after the other.
@Command(
        name = "compare",
        description = "Starts Walrus, Kafka, NATS JetStream and Redis in turn, alone and as clusters of three, puts"
                + " the same load on each and compares what they reach.")
public final class CompareCommand extends MeasuringCommand {
    /// What a workload may take beside its load: topics are made, and what is to be read is put.
    private static final Duration SLACK = Duration.ofMinutes(5);

    private static final List<Integer> SIZES = List.of(1, 3);

    @Option(names = "--first-warm-up", description = "seconds of load after each start, before all but the idling")
    private int firstWarmUpSeconds = 20;

    @Option(
            names = "--walrus-before",
            description = "compare this checkout with that one, which has been built, and with nothing else:"
                    + " puts of 16 connections with 1 and 64 under way on each")
    private @Nullable Path before;

    public CompareCommand() {
        super(new MeasuringOptions(3, 2, 5));
    }

    @Override
    protected void measure() throws IOException, InterruptedException {
        if (before != null) {
            options.keepAs("builds");
        }
        for (int nodes : SIZES) {
            int first = options.samples().nextRound(group(nodes));
            for (int round = first; round < first + options.rounds() && options.wantsGroup(group(nodes)); round++) {
                // Neither of two is always the one that finds the disk as the other left it.
                for (Contestant contestant :
                        round % 2 == 0 ? contestants() : contestants().reversed()) {
                    if (takesPart(contestant, nodes)) {
                        measure(nodes, round, contestant);
                    }
                }
            }
        }
    }

    /// The title of the table.
    static String group(int nodes) {
        return nodes == 1 ? "one node" : "three nodes";
    }

    private List<Contestant> contestants() {
        return before == null
                ? Contestant.all(options.launcher())
                : Contestant.builds(before.resolve("bin").resolve("walrus-node").toAbsolutePath(), options.launcher());
    }

    private boolean takesPart(Contestant contestant, int nodes) throws InterruptedException {
        return options.wantsSubject(contestant.title())
                && (nodes == 1 || contestant.replicates())
                && (contestant.program().isEmpty() || MachineFacts.isInstalled(contestant.program()));
    }

    private List<ComparedWorkload> workloads() {
        return ComparedWorkload.all().stream()
                .filter(workload -> options.wantsWorkload(workload.title()))
                .filter(workload -> before == null
                        || List.of(ComparedWorkload.PUT_1, ComparedWorkload.PUT_64)
                                .contains(workload.title()))
                .toList();
    }

    private void measure(int nodes, int round, Contestant contestant) throws InterruptedException {
        try (ComparedSystem system = contestant.maker().make(contestant, nodes, options)) {
            ComparedWorkload.Sink sink = (workload, numbers) ->
                    options.add(new Measured(group(nodes), workload, contestant.title()), round, numbers);
            double bootMs = Deadline.within(SLACK, "the start", () -> {
                system.prepare();
                return system.boot();
            });
            sink.take(ComparedWorkload.BOOT, Map.of(Metric.MILLIS, bootMs));
            boolean warm = false;
            for (ComparedWorkload workload : workloads()) {
                if (!warm && !workload.title().equals(ComparedWorkload.IDLE)) {
                    Deadline.within(SLACK.plusSeconds(firstWarmUpSeconds), "the warm-up", () -> {
                        ComparedWorkload.warmUp(system, firstWarmUpSeconds);
                        return true;
                    });
                    warm = true;
                }
                Duration limit = SLACK.plusSeconds(options.warmUpSeconds() + options.seconds());
                Deadline.within(limit, workload.title(), () -> {
                    workload.step().measure(system, sink);
                    return true;
                });
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failed(group(nodes) + ", " + contestant.title(), e);
        }
    }

    @Override
    protected ResultTables tables() throws IOException, InterruptedException {
        boolean builds = before != null;
        String peers = builds
                ? "two builds of Walrus: " + before + " before, this one after"
                : KafkaSystem.version() + ", " + MachineFacts.version("nats-server", "nats-server") + ", "
                        + MachineFacts.version("redis-server", "redis-server");
        return new ResultTables(
                builds ? "Walrus before and after" : "Walrus beside its peers",
                options.facts(peers)
                        + "- each start is loaded for " + firstWarmUpSeconds + " s before it is measured"
                        + " (`--first-warm-up`); entries of " + ComparedSystem.PAYLOAD_BYTES
                        + " bytes; every JVM has " + ComparedSystem.HEAP + " of heap\n",
                """
                A cell is the median of the rounds, with the lowest and the highest in brackets. A ratio says how many times
                as good Walrus is: more requests, or less time, processor or memory; below 1 it is worse. A ratio compares
                two servers within one round, one soon after the other. The [description](../README.md#beside-its-peers)
                has what each server was set to, and how it was driven.
                """,
                builds ? List.of(Contestant.AFTER) : List.of(Contestant.FORCED, Contestant.UNFORCED),
                _ -> "",
                builds ? "" : Goal.table(options.samples()));
    }
}
