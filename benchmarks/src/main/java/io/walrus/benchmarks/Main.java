package io.walrus.benchmarks;

import io.walrus.benchmarks.load.Load;
import io.walrus.benchmarks.load.LoadOptions;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.Operation;
import io.walrus.benchmarks.load.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Compares a node with its peers: each measurement has a fresh server, and the servers take turns.
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Compares a node with Redis and with a bare echo server, and writes a table.")
public final class Main implements Callable<Integer> {
    private static final int PAYLOAD_BYTES = 1024;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--node", description = "the launcher of the node", required = true)
    private Path launcher = Path.of("bin/walrus-node");

    @Option(names = "--work", description = "folder for the servers' data, on the disk to be measured", required = true)
    private Path work = Path.of("build/benchmarks");

    @Option(names = "--results", description = "folder for the table", required = true)
    private Path results = Path.of("benchmarks/results");

    @Option(names = "--rounds", description = "how often each server is measured")
    private int rounds = 3;

    @Option(names = "--warm-up", description = "seconds before each measurement")
    private int warmUpSeconds = 4;

    @Option(names = "--seconds", description = "seconds of each measurement")
    private int seconds = 6;

    private Main() {}

    /// Exit code 0 whatever the numbers are; 1 if a server could not be measured.
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            Files.createDirectories(work);
            Files.createDirectories(results);
            String report = report();
            Path file = results.resolve(LocalDate.now(ZoneOffset.UTC) + "-node.md");
            Files.writeString(file, report);
            out().println(report);
            out().println("written to " + file);
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println("bench: " + e.getMessage());
            return 1;
        }
    }

    private String report() throws IOException, InterruptedException {
        boolean redis = MachineFacts.hasRedis();
        StringBuilder text = new StringBuilder("# Node\n\n" + MachineFacts.describe(work));
        text.append(String.format(Locale.ROOT, """
                - command: `benchmarks/run --rounds %d --warm-up %d --seconds %d`; entries of %d bytes; the servers take turns,
                  and each measurement has a fresh one

                """, rounds, warmUpSeconds, seconds, PAYLOAD_BYTES));
        text.append("""
                Requests/s are the median of the rounds, lowest and highest in brackets; the ratio is Walrus to that server;
                latency and processor time are those of the median round.

                | workload | server | requests/s | Walrus is | p50 µs | p99 µs | p99.9 µs | max µs | server CPU µs | load CPU µs | errors |
                |---|---|---|---|---|---|---|---|---|---|---|
                """);
        for (Workload workload : Workload.all()) {
            Map<Contender, List<LoadResult>> measured = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Contender contender : workload.contenders()) {
                    if (redis || contender.target() != Target.REDIS) {
                        measured.computeIfAbsent(contender, _ -> new ArrayList<>())
                                .add(measure(workload, contender));
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
        return text.toString();
    }

    private LoadResult measure(Workload workload, Contender contender) throws IOException, InterruptedException {
        try (RunningServer server = RunningServer.start(contender, launcher, work, PAYLOAD_BYTES)) {
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
                    drains ? 0 : warmUpSeconds,
                    seconds,
                    server.pid()));
            out().printf(
                            Locale.ROOT,
                            "%s, %s: %,.0f requests/s%n",
                            workload.title(),
                            contender.title(),
                            result.perSecond());
            out().flush();
            return result;
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
