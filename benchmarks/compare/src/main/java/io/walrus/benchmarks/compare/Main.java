package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.MachineFacts;
import io.walrus.benchmarks.MeasuringOptions;
import io.walrus.benchmarks.NodeOptions;
import io.walrus.benchmarks.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Compares Walrus with Kafka, NATS JetStream and Redis Streams.
@Command(
        name = "benchmarks/compare/run",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Starts Walrus, Kafka, NATS JetStream and Redis in turn, puts the same load on each and writes"
                + " tables and a chart of all that was measured on this day.")
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeOptions nodes = new NodeOptions();

    @Mixin
    private MeasuringOptions measuring = new MeasuringOptions(2, 5);

    @Option(names = "--only", description = "only that setup: ${COMPLETION-CANDIDATES}")
    private @Nullable Setup only;

    @Option(names = "--workload", split = ",", description = "only these: ${COMPLETION-CANDIDATES}")
    private @Nullable Set<Workload> workloads;

    @Option(names = "--server", split = ",", description = "only these: ${COMPLETION-CANDIDATES}")
    private @Nullable Set<Candidate> servers;

    @Option(names = "--rounds", description = "how often each server is started and measured; 0 only writes the tables")
    private int rounds = 3;

    @Option(names = "--first-warm-up", description = "seconds of load after each start, before all but the idling")
    private int firstWarmUpSeconds = 20;

    private Main() {}

    /// Exit code 0 whatever the numbers are; 1 if something could not be measured.
    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(NodeOptions.execute(new Main(), arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            String name = LocalDate.now(ZoneOffset.UTC) + "-compare";
            Results measured = Results.open(measuring.results().resolve(name + ".csv"));
            Plan plan = new Plan(nodes.work(), rounds, measuring.warmUpSeconds(), measuring.seconds(), "", out());
            Comparison comparison =
                    new Comparison(nodes.launcher(), plan, firstWarmUpSeconds, workloads(), candidates(), measured);
            int failures = comparison.run(only == null ? List.of(Setup.values()) : List.of(only));
            Chart.write(measured, measuring.results().resolve(name + ".png"));
            String facts = MachineFacts.describe(nodes.work(), versions());
            String report = Report.of(measured, facts, command(), name + ".png");
            Files.writeString(measuring.results().resolve(name + ".md"), report);
            out().println(report);
            out().println("written to " + measuring.results().resolve(name + ".md"));
            return failures == 0 ? 0 : 1;
        } catch (IOException e) {
            spec.commandLine().getErr().println("compare: " + e.getMessage());
            return 1;
        }
    }

    /// As whoever repeats it would type it.
    private String command() {
        return "benchmarks/compare/run --first-warm-up " + firstWarmUpSeconds + " --warm-up "
                + measuring.warmUpSeconds() + " --seconds " + measuring.seconds();
    }

    private Set<Workload> workloads() {
        return workloads == null ? EnumSet.allOf(Workload.class) : EnumSet.copyOf(workloads);
    }

    private List<Candidate> candidates() throws InterruptedException {
        List<Candidate> candidates = new ArrayList<>(Arrays.asList(Candidate.values()));
        if (servers != null) {
            candidates.retainAll(servers);
        }
        List<Candidate> installed = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (candidate.isInstalled()) {
                installed.add(candidate);
            }
        }
        return installed;
    }

    private static String versions() throws IOException, InterruptedException {
        return KafkaPeer.version() + ", " + natsVersion() + ", " + MachineFacts.redisVersion();
    }

    private static String natsVersion() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("nats-server", "--version").start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text.strip().replace("nats-server: v", "NATS server ");
        } catch (IOException _) {
            return "NATS is not installed (on Debian: apt install nats-server), so its rows are missing";
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
