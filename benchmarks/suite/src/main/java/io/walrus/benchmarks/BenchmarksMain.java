package io.walrus.benchmarks;

import io.walrus.benchmarks.engine.DiskCommand;
import io.walrus.benchmarks.engine.EngineCommand;
import io.walrus.benchmarks.server.CompareCommand;
import io.walrus.benchmarks.server.FailoverCommand;
import io.walrus.benchmarks.server.LoadCommand;
import io.walrus.benchmarks.server.NodeCommand;
import io.walrus.benchmarks.server.ScalingCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The benchmarks of Walrus, a subcommand each.
@Command(
        name = "benchmarks/run",
        synopsisSubcommandLabel = "BENCHMARK",
        description = "Measures Walrus and its peers on this machine.",
        subcommands = {
            EngineCommand.class,
            NodeCommand.class,
            LoadCommand.class,
            ScalingCommand.class,
            FailoverCommand.class,
            CompareCommand.class,
            DiskCommand.class
        })
public final class BenchmarksMain {
    private BenchmarksMain() {}

    public static void main(String[] arguments) {
        CommandLine program = new CommandLine(new BenchmarksMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                // The script gives some options, and an option given twice counts as it was given last.
                .setOverwrittenOptionsAllowed(true);
        for (CommandLine benchmark : program.getSubcommands().values()) {
            benchmark.getCommandSpec().mixinStandardHelpOptions(true);
            benchmark.getCommandSpec().usageMessage().showDefaultValues(true);
        }
        program.getCommandSpec().mixinStandardHelpOptions(true);
        System.exit(program.execute(arguments));
    }
}
