package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.ResultTables;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures how long clients wait when nodes die or are restarted.
@Command(
        name = "failover",
        description = "Starts three nodes, kills and restarts them over and over, and measures how long clients wait.")
public final class FailoverCommand extends MeasuringCommand {
    private static final int NODES = 3;

    @Option(names = "--topics", split = ",", description = "topics that are written to; each number is measured")
    private List<Integer> topics = List.of(1, 1000);

    @Option(names = "--clients", description = "clients that put one entry at a time while nodes are restarted")
    private int clients = 8;

    public FailoverCommand() {
        super(new MeasuringOptions(20, 0, 0));
    }

    @Override
    protected void measure() throws Exception {
        if (options.wantsGroup(KillRounds.GROUP)) {
            for (int count : topics) {
                try (WalrusSystem nodes = start("--max-segment-entries=" + KillRounds.SEGMENT_ENTRIES)) {
                    new KillRounds(nodes, count, options).run();
                }
            }
        }
        if (options.wantsGroup(RestartRounds.GROUP)) {
            try (WalrusSystem nodes = start("--log=info")) {
                new RestartRounds(nodes, topics.getFirst(), clients, options).run();
            }
        }
    }

    private WalrusSystem start(String flag) throws IOException {
        return WalrusSystem.start(NODES, options, flag);
    }

    @Override
    protected ResultTables tables() throws IOException {
        return new ResultTables(
                "Failing and restarting nodes",
                options.facts("three nodes with three copies and the settings they have by default"),
                """
                A time of the first table goes from `kill -9` to the next acknowledged entry.
                """,
                List.of());
    }
}
