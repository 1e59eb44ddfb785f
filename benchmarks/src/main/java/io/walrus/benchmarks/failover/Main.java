package io.walrus.benchmarks.failover;

import io.walrus.benchmarks.Cluster;
import io.walrus.benchmarks.MachineFacts;
import io.walrus.benchmarks.NodeOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Measures how long clients wait when nodes die or are restarted.
@Command(
        name = "benchmarks/failover",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Starts three nodes, kills or restarts them over and over, and prints how long clients waited.")
public final class Main implements Callable<Integer> {
    /// What happens to the nodes.
    private enum What {
        /// The node that leads the metadata and all topics is killed with SIGKILL.
        KILL,
        /// Each node in turn gets SIGTERM and is started again, under load.
        RESTART
    }

    private static final int NODES = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeOptions nodes = new NodeOptions();

    @Parameters(index = "0", description = "${COMPLETION-CANDIDATES}")
    private What what = What.KILL;

    @Option(names = "--topics", description = "topics that are written to")
    private int topics = 1;

    @Option(names = "--clients", description = "clients that put one entry at a time while nodes are restarted")
    private int clients = 8;

    @Option(names = "--rounds", description = "how often")
    private int rounds = 20;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(NodeOptions.execute(new Main(), arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.print(MachineFacts.describe(nodes.work(), "three nodes with three copies, fsync group"));
            List<String> flags = what == What.KILL
                    ? List.of("--log=info", "--max-segment-entries=" + KillRounds.SEGMENT_ENTRIES)
                    : List.of("--log=info");
            try (Cluster cluster = Cluster.start(nodes.launcher(), nodes.work(), NODES, flags)) {
                switch (what) {
                    case KILL -> new KillRounds(cluster, topics, out).run(rounds);
                    case RESTART -> new RestartRounds(cluster, topics, clients, out).run(rounds);
                }
            }
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println("failover: " + e.getMessage());
            return 1;
        }
    }
}
