package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Metric;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Loads one server that runs already, and prints what it reached.
@Command(
        name = "load",
        description = "Keeps requests under way on many connections to a server, and prints throughput and latency.")
public final class LoadCommand implements Callable<Integer> {
    private static final int MAX_CONNECTIONS = 10_000;
    private static final String LIMITS = "connections: 1 to " + MAX_CONNECTIONS + "; topics: 1 or more";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--target", description = "whose protocol: ${COMPLETION-CANDIDATES}")
    private LoadPlan.Target system = LoadPlan.Target.WALRUS;

    @Option(names = "--host", description = "where the server is")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "its port")
    private int port = 9091;

    @Option(names = "--op", description = "what is asked: ${COMPLETION-CANDIDATES}")
    private LoadPlan.Operation operation = LoadPlan.Operation.PUT;

    @Option(names = "--connections", description = "connections")
    private int connections = 16;

    @Option(names = "--depth", description = "requests under way on each")
    private int depth = 64;

    @Option(names = "--size", description = "bytes of an entry")
    private int payloadBytes = 1024;

    @Option(names = "--topics", description = "topics the connections are spread over")
    private int topics = 1;

    @Option(names = "--topic-prefix", description = "their names are this and a number")
    private String topicPrefix = "load-";

    @Option(names = "--preload", description = "entries put into each topic first; FETCH reads these, GET takes them")
    private int preload = 0;

    @Option(names = "--warm-up", description = "seconds before the measurement")
    private int warmUpSeconds = 3;

    @Option(names = "--seconds", description = "seconds of the measurement; GET ends when the topic is empty")
    private int seconds = 10;

    @Option(names = "--server-pid", description = "process id of the server, to report its processor time")
    private List<Long> serverPids = List.of();

    @Override
    public Integer call() throws InterruptedException {
        try {
            LoadPlan.require(topics >= 1 && connections >= 1 && connections <= MAX_CONNECTIONS, LIMITS);
            LoadPlan plan =
                    new LoadPlan(system, operation, depth, payloadBytes, preload, warmUpSeconds, seconds, serverPids);
            Meter meter = new Meter(serverPids);
            Map<Metric, Double> numbers = new LoadRun(
                            plan,
                            Lane.spread(
                                    Map.of(new InetSocketAddress(host, port), Lane.topics(topicPrefix, topics)),
                                    connections),
                            meter)
                    .run();
            PrintWriter out = spec.commandLine().getOut();
            numbers.forEach((metric, value) -> out.printf(Locale.ROOT, "%,12.1f %s%n", value, metric.title()));
            if (meter.firstError() != null) {
                out.println("first error: " + meter.firstError());
            }
            out.flush();
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException e) {
            spec.commandLine().getErr().println("load: " + host + ':' + port + ": " + e.getMessage());
            return 1;
        }
    }
}
