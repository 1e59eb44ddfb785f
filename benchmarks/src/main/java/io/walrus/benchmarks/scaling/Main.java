package io.walrus.benchmarks.scaling;

import io.walrus.benchmarks.MachineFacts;
import io.walrus.benchmarks.MeasuringOptions;
import io.walrus.benchmarks.NodeOptions;
import io.walrus.benchmarks.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Measures how the cost of a node grows.
@Command(
        name = "benchmarks/scaling",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Lets topics, nodes, connections, entries and what is stored grow, one at a time, and writes tables"
                        + " and a chart of all that was measured on this day.")
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeOptions nodes = new NodeOptions();

    @Mixin
    private MeasuringOptions measuring = new MeasuringOptions(8, 8);

    @Option(names = "--only", split = ",", description = "only these: ${COMPLETION-CANDIDATES}")
    private @Nullable Set<Dimension> only;

    @Option(names = "--steps", split = ",", description = "only these values of the one dimension given with --only")
    private List<Long> steps = List.of();

    @Option(names = "--backlog", description = "how many MiB the backlog has")
    private int backlogMib = 10_240;

    private Main() {}

    /// Exit code 0 whatever the numbers are; 1 if something could not be measured.
    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(NodeOptions.execute(new Main(), arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            if (!steps.isEmpty() && (only == null || only.size() > 1)) {
                throw new ParameterException(spec.commandLine(), "--steps needs --only with one dimension");
            }
            String name = LocalDate.now(ZoneOffset.UTC) + "-scaling";
            Path results = measuring.results();
            Points points = Points.open(results.resolve(name + ".csv"));
            Plan plan = new Plan(nodes.work(), 1, measuring.warmUpSeconds(), measuring.seconds(), "", out());
            String facts =
                    MachineFacts.describe(plan.work(), "nodes with the heap and the settings they have by default");
            Scaling scaling = new Scaling(nodes.launcher(), plan, points);
            for (Dimension dimension : only == null ? EnumSet.allOf(Dimension.class) : EnumSet.copyOf(only)) {
                if (dimension == Dimension.BACKLOG) {
                    scaling.measureBacklog((long) backlogMib << 20);
                } else {
                    scaling.measure(dimension.all(steps));
                }
            }
            Report.chart(points, results.resolve(name + ".png"));
            String report = Report.of(points, facts, command(), name + ".png");
            Files.writeString(results.resolve(name + ".md"), report);
            out().println(report);
            out().println("written to " + results.resolve(name + ".md"));
            return scaling.failures() == 0 ? 0 : 1;
        } catch (IOException e) {
            spec.commandLine().getErr().println("scaling: " + e.getMessage());
            return 1;
        }
    }

    /// As whoever repeats it would type it.
    private String command() {
        return "benchmarks/scaling --warm-up " + measuring.warmUpSeconds() + " --seconds " + measuring.seconds()
                + " --backlog " + backlogMib;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
