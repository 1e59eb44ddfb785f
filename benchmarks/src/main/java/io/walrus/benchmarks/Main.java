package io.walrus.benchmarks;

import io.walrus.benchmarks.engine.EngineComparison;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Compares the storage engine and a node with their peers.
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Compares the storage engine with RocksDB and Chronicle Queue, then a node with Redis and a bare"
                + " echo server, and writes a table of each.")
public final class Main implements Callable<Integer> {
    /// What can be compared.
    private enum Part {
        ENGINE,
        NODE
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeOptions nodes = new NodeOptions();

    @Mixin
    private MeasuringOptions measuring = new MeasuringOptions(4, 6);

    @Option(names = "--only", description = "compare only that: ${COMPLETION-CANDIDATES}")
    private @Nullable Part only;

    @Option(
            names = "--workload",
            description = "only workloads with this in their title; the table is printed and not written")
    private String workload = "";

    @Option(names = "--rounds", description = "how often each contender is measured")
    private int rounds = 3;

    private Main() {}

    /// Exit code 0 whatever the numbers are; 1 if something could not be measured.
    public static void main(String[] arguments) {
        System.exit(NodeOptions.execute(new Main(), arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            Plan plan = new Plan(nodes.work(), rounds, measuring.warmUpSeconds(), measuring.seconds(), workload, out());
            if (only != Part.NODE) {
                publish("engine", new EngineComparison(plan).report());
            }
            if (only != Part.ENGINE) {
                publish("node", new NodeComparison(nodes.launcher(), plan).report());
            }
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println("bench: " + e.getMessage());
            return 1;
        }
    }

    private void publish(String name, String report) throws IOException {
        out().println(report);
        if (workload.isEmpty()) {
            Path file = measuring.results().resolve(LocalDate.now(ZoneOffset.UTC) + "-" + name + ".md");
            Files.writeString(file, report);
            out().println("written to " + file);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
