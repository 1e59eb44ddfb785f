package io.walrus.benchmarks.node;

import io.walrus.benchmarks.load.Lane;
import io.walrus.benchmarks.load.LoadOperation;
import io.walrus.benchmarks.load.LoadPlan;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.LoadRun;
import io.walrus.benchmarks.load.LoadedSystem;
import io.walrus.benchmarks.report.MachineFacts;
import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.ResultTables;
import io.walrus.benchmarks.server.WorkFolder;
import io.walrus.testkit.process.FreePorts;
import io.walrus.testkit.process.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import picocli.CommandLine.Command;

/// Compares a node with its peers: each measurement has a fresh server, and the servers take turns.
@Command(name = "node", description = "Compares a node with Redis and with a bare echo server.")
public final class NodeBenchmark extends MeasuringCommand {
    private static final String GROUP = "node";
    private static final int PAYLOAD_BYTES = 1024;
    private static final long READ_ENTRIES = 500_000;

    /// What is asked of servers.
    private record Work(
            String name,
            LoadOperation operation,
            int connections,
            int depth,
            long preload,
            List<SingleServer> servers) {
        static List<Work> all() {
            List<SingleServer> durable =
                    List.of(SingleServer.WALRUS_GROUP, SingleServer.REDIS_ALWAYS, SingleServer.ECHO);
            List<SingleServer> unforced =
                    List.of(SingleServer.WALRUS_OS, SingleServer.REDIS_NO, SingleServer.REDIS_EVERYSEC);
            return List.of(
                    new Work("PUT durable", LoadOperation.PUT, 16, 1, 0, durable),
                    new Work("PUT durable", LoadOperation.PUT, 16, 64, 0, durable),
                    new Work("PUT durable", LoadOperation.PUT, 256, 1, 0, durable),
                    new Work("PUT not forced", LoadOperation.PUT, 16, 1, 0, unforced),
                    new Work("PUT not forced", LoadOperation.PUT, 16, 64, 0, unforced),
                    new Work("GET", LoadOperation.GET, 16, 64, READ_ENTRIES, durable),
                    new Work("FETCH", LoadOperation.FETCH, 16, 64, READ_ENTRIES, durable));
        }

        String title() {
            return name + " " + connections + "×" + depth;
        }
    }

    public NodeBenchmark() {
        super(new MeasuringOptions(3, 4, 6));
    }

    @Override
    protected void measure() throws IOException, InterruptedException {
        boolean redis = MachineFacts.isInstalled("redis-server");
        int first = options.samples().nextRound(GROUP);
        for (Work work : Work.all()) {
            for (int round = first; round < first + options.rounds(); round++) {
                for (SingleServer server : work.servers()) {
                    if (options.wantsWorkload(work.title())
                            && options.wantsSubject(server.title())
                            && (redis || server.system() != LoadedSystem.REDIS)) {
                        Measured what = new Measured(GROUP, work.title(), server.title());
                        options.add(what, round, measure(work, server).metrics());
                    }
                }
            }
        }
    }

    private LoadResult measure(Work work, SingleServer kind) throws IOException, InterruptedException {
        int port = FreePorts.consecutive(2);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (WorkFolder folder = WorkFolder.in(options.work());
                ServerProcess server = new ServerProcess(
                        kind.title(), kind.process(options.launcher(), folder.path(), port, port + 1, PAYLOAD_BYTES))) {
            server.awaitListening(address);
            // A GET takes what was put before, so there is none to warm up with.
            boolean drains = work.operation() == LoadOperation.GET;
            LoadPlan plan = new LoadPlan(
                    kind.system(),
                    work.operation(),
                    work.depth(),
                    PAYLOAD_BYTES,
                    work.preload(),
                    1,
                    drains ? 0 : options.warmUpSeconds(),
                    options.seconds(),
                    List.of(server.pid()));
            return LoadRun.run(plan, Lane.toOne(address, work.connections(), List.of("load-0")));
        }
    }

    @Override
    protected ResultTables tables() throws IOException, InterruptedException {
        return new ResultTables(
                "Node",
                options.facts(MachineFacts.version("redis-server", "redis-server")),
                "Entries have " + PAYLOAD_BYTES + """
                 bytes. The servers take turns, and each measurement has a fresh one. A cell is the median of the rounds,
                with the lowest and the highest in brackets; a ratio is that of Walrus to the server of its row.
                """,
                List.of(SingleServer.WALRUS_GROUP.title(), SingleServer.WALRUS_OS.title()),
                _ -> "",
                "");
    }
}
