package io.walrus.benchmarks.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Loads one server and prints what it reached.
@Command(
        name = "benchmarks/load",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Keeps requests under way on many connections and prints throughput and latency.")
public final class Main implements Callable<Integer> {
    @Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Option(names = "--target", description = "whose protocol: ${COMPLETION-CANDIDATES}")
    private Target target = Target.WALRUS;

    @Option(names = "--host", description = "where the server is")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "its port")
    private int port = 9091;

    @Option(names = "--op", description = "what is asked: ${COMPLETION-CANDIDATES}")
    private Operation operation = Operation.PUT;

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
    private long preload = 0;

    @Option(names = "--threads", description = "threads that drive the connections")
    private int threads = 1;

    @Option(names = "--warm-up", description = "seconds before the measurement")
    private int warmUpSeconds = 3;

    @Option(names = "--seconds", description = "seconds of the measurement; GET ends when the topic is empty")
    private int seconds = 10;

    @Option(names = "--server-pid", description = "process id of the server, to report its processor time")
    private long serverPid = 0;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try {
            LoadResult result = Load.run(new LoadOptions(
                    target,
                    new InetSocketAddress(host, port),
                    operation,
                    connections,
                    depth,
                    payloadBytes,
                    topics,
                    topicPrefix,
                    preload,
                    threads,
                    warmUpSeconds,
                    seconds,
                    serverPid == 0 ? List.of() : List.of(serverPid)));
            spec.commandLine().getOut().print(result.describe());
            spec.commandLine().getOut().flush();
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException e) {
            err.println("load: " + host + ':' + port + ": " + e.getMessage());
            return 1;
        }
    }
}
