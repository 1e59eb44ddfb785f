package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MachineFacts;
import io.walrus.benchmarks.report.ResultTables;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// Compares a node with its peers under the load program alone.
@Command(name = "node", description = "Compares a node with Redis and with a bare echo server.")
public final class NodeCommand extends ComparingCommand {
    public NodeCommand() {
        super(3, 4, 6);
    }

    @Override
    protected void measure() throws IOException, InterruptedException {
        compare("node", 1, Contestant.loaded(launcher()), ComparedWorkload.loads(), 0);
    }

    @Override
    protected ResultTables tables() throws IOException {
        return new ResultTables(
                "Node",
                facts(MachineFacts.version("redis-server")),
                "Entries have " + TestedSystem.PAYLOAD_BYTES + """
                 bytes. The servers take turns. A ratio is that of Walrus to the server of its row.
                """,
                List.of(Contestant.FORCED, Contestant.UNFORCED));
    }
}
