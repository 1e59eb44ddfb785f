package io.walrus.benchmarks;

import io.walrus.benchmarks.load.Load;
import io.walrus.benchmarks.load.LoadOptions;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.Operation;
import io.walrus.benchmarks.load.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Compares a node with its peers: each measurement has a fresh server, and the servers take turns.
final class NodeComparison {
    private static final int PAYLOAD_BYTES = 1024;

    private final Path launcher;
    private final Plan plan;

    NodeComparison(Path launcher, Plan plan) {
        this.launcher = launcher;
        this.plan = plan;
    }

    String report() throws IOException, InterruptedException {
        boolean redis = MachineFacts.hasRedis();
        StringBuilder text = new StringBuilder("# Node\n\n");
        text.append(MachineFacts.describe(plan.work(), MachineFacts.redisVersion()));
        text.append(String.format(Locale.ROOT, """
                - command: `benchmarks/run --only node %s`; entries of %d bytes; the servers take turns,
                  and each measurement has a fresh one

                """, plan.options(), PAYLOAD_BYTES));
        text.append("""
                Requests/s are the median of the rounds, lowest and highest in brackets; the ratio is Walrus to that server;
                latency and processor time are those of the median round.

                | workload | server | requests/s | Walrus is | p50 µs | p99 µs | p99.9 µs | max µs | server CPU µs | load CPU µs | errors |
                |---|---|---|---|---|---|---|---|---|---|---|
                """);
        for (Workload workload : Workload.all()) {
            if (plan.wants(workload.title())) {
                rows(workload, redis, text);
            }
        }
        return text.toString();
    }

    private void rows(Workload workload, boolean redis, StringBuilder text) throws IOException, InterruptedException {
        Map<Contender, List<LoadResult>> measured = new LinkedHashMap<>();
        for (int round = 0; round < plan.rounds(); round++) {
            for (Contender contender : workload.contenders()) {
                if (redis || contender.target() != Target.REDIS) {
                    measured.computeIfAbsent(contender, _ -> new ArrayList<>()).add(measure(workload, contender));
                }
            }
        }
        double ours = 0;
        for (Map.Entry<Contender, List<LoadResult>> entry : measured.entrySet()) {
            Summary summary = Summary.of(entry.getValue());
            boolean first = ours == 0;
            ours = first ? summary.median().perSecond() : ours;
            text.append(summary.row(workload.title(), entry.getKey().title(), first ? 0 : ours));
        }
    }

    private LoadResult measure(Workload workload, Contender contender) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(plan.work(), "server-");
        int port = RunningServer.freePort();
        List<String> command = contender.command(launcher, folder, port, RunningServer.freePort(), PAYLOAD_BYTES);
        try (RunningServer server = RunningServer.start(contender.title(), folder, port, command, Map.of())) {
            server.awaitStart();
            // A GET takes what was put before, so there is none to warm up with.
            boolean drains = workload.operation() == Operation.GET;
            LoadResult result = Load.run(new LoadOptions(
                    contender.target(),
                    server.address(),
                    workload.operation(),
                    workload.connections(),
                    workload.depth(),
                    PAYLOAD_BYTES,
                    1,
                    "load-",
                    workload.preload(),
                    1,
                    drains ? 0 : plan.warmUpSeconds(),
                    plan.seconds(),
                    List.of(server.pid())));
            plan.say("%s, %s: %,.0f requests/s", workload.title(), contender.title(), result.perSecond());
            return result;
        }
    }
}
