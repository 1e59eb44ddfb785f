package io.walrus.cli;

import io.walrus.client.ClientOptions;
import io.walrus.client.NodeAddress;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import io.walrus.protocol.Request;
import io.walrus.protocol.TopicNames;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/// The command line of Walrus.
///
/// The exit codes are in the footer of `--help`.
@Command(
        name = "walrus-cli",
        description = "Talks to a node of Walrus. Without a command: a prompt.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = CliMain.Version.class,
        footer = {
            "",
            "Exit codes: 0; 1 if the server said ERR, or nobody knows whether it was done;",
            "2 for a usage error; 3 if no node can be reached or, with --wait, not all serve;",
            "130 or 143 if interrupted; 141 if the reader of the output has gone."
        })
public final class CliMain implements Callable<Integer> {
    /// A person waits for this: a request is tried again for 10 s, and the last time may take as long as a node takes.
    private static final ClientOptions ONE_BY_ONE = ClientOptions.DEFAULT
            .withRequestTimeout(Duration.ofSeconds(10).plus(ClientOptions.DEFAULT.silenceTimeout()))
            .withReconnectWithin(Duration.ofSeconds(2));

    /// Java puts this in the place of bytes that it can't read: what they were is lost.
    static final char UNREADABLE = '\uFFFD';

    private final Terminal terminal;

    @Option(
            names = "--addr",
            paramLabel = "HOST:PORT[,HOST:PORT]",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:WALRUS_ADDR:-127.0.0.1:9091}",
            description =
                    "The node to talk to, or several to try in turn (default: ${DEFAULT-VALUE}; variable WALRUS_ADDR)")
    private String address = "127.0.0.1:9091";

    private CliMain(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, Terminal.system()));
    }

    /// Runs one command.
    ///
    /// @return the exit code
    static int run(String[] arguments, Terminal terminal) {
        for (String argument : arguments) {
            if (argument.indexOf(UNREADABLE) >= 0) {
                terminal.complain("walrus-cli: '" + argument + "' is not valid UTF-8; put TOPIC - takes any bytes");
                return Failure.USAGE;
            }
        }
        CommandLine commandLine = new CommandLine(new CliMain(terminal));
        commandLine.setOut(new java.io.PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        commandLine.setErr(new java.io.PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        // An entry may begin with @.
        commandLine.setExpandAtFiles(false);
        commandLine.setParameterExceptionHandler((e, _) -> usage(e, terminal));
        commandLine.setExecutionExceptionHandler((e, _, _) -> failed(e, terminal));
        return commandLine.execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        try (WalrusClient client = connect()) {
            Repl repl = new Repl(client, terminal);
            if (!terminal.isInteractive()) {
                return repl.runAll();
            }
            new Prompt(repl, terminal).run("Connected to " + address + ".");
            return 0;
        }
    }

    @Command(description = "Creates a topic, unless it exists.")
    Integer register(@Parameters(paramLabel = "TOPIC") String topic) throws Exception {
        return ask(new Request.Register(checked(topic)));
    }

    @Command(
            description = {
                "Appends an entry, or a file's lines, an entry each.",
                "Line ends are not stored; get prints each entry with a line end."
            })
    Integer put(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Parameters(
                            paramLabel = "DATA",
                            arity = "0..1",
                            description = "The entry; - reads lines from standard input")
                    @Nullable
                    String data,
            @Option(names = "--file", paramLabel = "FILE", description = "Read lines from this file") @Nullable
                    Path file)
            throws Exception {
        checked(topic);
        if ((data == null) == (file == null)) {
            throw Failure.usage("put takes either DATA or --file FILE");
        }
        if (file != null) {
            return putFile(topic, file);
        }
        if ("-".equals(data)) {
            return putLines(topic, terminal.in(), new PutReport(terminal, null, 0));
        }
        return ask(new Request.Put(topic, StandardCharsets.UTF_8.encode(String.valueOf(data))));
    }

    private Integer putFile(String topic, Path file) throws Exception {
        InputStream lines;
        long bytes;
        try {
            lines = new FileInputStream(file.toFile());
            bytes = Files.size(file);
        } catch (IOException e) {
            throw Failure.usage("can't read " + e.getMessage());
        }
        try (lines) {
            return putLines(topic, lines, new PutReport(terminal, file.toString(), bytes));
        }
    }

    private Integer putLines(String topic, InputStream lines, PutReport report) throws Exception {
        try (Link link = link()) {
            new PutLines(link, topic, report).run(new Lines(lines));
            return 0;
        }
    }

    @Command(description = "Takes the next entry; each is handed out once.")
    Integer get(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Option(names = "--count", paramLabel = "N", description = "Take up to N entries") @Nullable Long count,
            @Option(names = "--all", description = "Take all there are") boolean all,
            @Option(
                            names = "--follow",
                            description = "Take entries as they come, until interrupted, or N were taken with --count")
                    boolean follow)
            throws Exception {
        checked(topic);
        if (!follow && !all && count == null) {
            return ask(new Request.Get(topic));
        }
        if (count != null && count < 1) {
            throw Failure.usage("--count must be 1 or more");
        }
        terminal.requireOutput();
        try (Link link = link()) {
            TakeEntries entries = new TakeEntries(link, terminal, topic, count == null ? Long.MAX_VALUE : count);
            if (follow) {
                entries.follow();
            } else {
                entries.all();
            }
            return 0;
        }
    }

    @Command(description = "Reads entries at a place, without taking them.")
    Integer fetch(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Parameters(paramLabel = "SEGMENT") long segment,
            @Parameters(paramLabel = "OFFSET") long offset,
            @Option(names = "--count", paramLabel = "N", defaultValue = "1", description = "Read up to N entries")
                    long count)
            throws Exception {
        checked(topic);
        if (segment < 0 || offset < 0 || count < 1) {
            throw Failure.usage("SEGMENT and OFFSET must be 0 or more, and --count 1 or more");
        }
        try (WalrusClient client = connect()) {
            new Commands(client, terminal).fetch(topic, segment, offset, count);
            return 0;
        }
    }

    @Command(
            description = {
                "Moves the topic's cursor on to an entry, past those that can't be read, and says how many that are.",
                "It never moves back, and never past the end."
            })
    Integer skip(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Parameters(paramLabel = "SEGMENT") long segment,
            @Parameters(paramLabel = "OFFSET") long offset,
            @Option(names = "--dry-run", description = "Only say what it would do") boolean dryRun)
            throws Exception {
        checked(topic);
        if (segment < 0 || offset < 0) {
            throw Failure.usage("SEGMENT and OFFSET must be 0 or more");
        }
        return ask(new Request.Skip(topic, segment, offset, dryRun));
    }

    @Command(
            description = {
                "Seals the open segment of a topic that takes no entries, with what is left of its copies.",
                "Entries that only the missing copies have are given up, acknowledged ones among them."
            })
    Integer seal(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Option(names = "--dry-run", description = "Only say what each copy has, and which are missing")
                    boolean dryRun,
            @Option(names = "--force", description = "Give up nodes that have been silent only for a short while")
                    boolean force)
            throws Exception {
        return ask(new Request.Seal(checked(topic), force, dryRun));
    }

    @Command(description = "Shows a topic's segments, as JSON.")
    Integer state(@Parameters(paramLabel = "TOPIC") String topic) throws Exception {
        return ask(new Request.State(checked(topic)));
    }

    @Command(description = "Shows the node and its cluster, as JSON.")
    Integer metrics() throws Exception {
        return ask(new Request.Metrics());
    }

    @Command(description = "Shows all nodes: a table on a terminal, JSON in a pipe.")
    Integer cluster(
            @Option(names = "--json", description = "JSON on a terminal, too") boolean json,
            @Option(
                            names = "--wait",
                            paramLabel = "SECONDS",
                            arity = "0..1",
                            fallbackValue = "60",
                            description =
                                    "Wait, 60 seconds by default, until all nodes of --addr serve as one cluster, and say so")
                    @Nullable
                    Long waitSeconds)
            throws Exception {
        if (waitSeconds != null) {
            new ClusterWait(addresses(), terminal).run(waitSeconds);
            return 0;
        }
        if (json || !terminal.outSeen()) {
            return ask(new Request.Cluster());
        }
        try (WalrusClient client = connect()) {
            String table = new NodeCommand(client, terminal).cluster().text();
            terminal.print(table.getBytes(StandardCharsets.UTF_8));
            return 0;
        }
    }

    @Command(
            description = {
                "Empties a node (drain), lets it be used again (resume), or takes it out of the cluster (remove).",
                "drain and remove wait until other nodes have all that it stores."
            })
    Integer node(
            @Parameters(paramLabel = "drain|resume|remove") String action,
            @Parameters(paramLabel = "N", description = "The node's number") long node,
            @Option(names = "--no-wait", description = "Don't wait until a drained node is empty") boolean noWait,
            @Option(
                            names = "--force",
                            description = "Drain it even if fewer active nodes are left than each segment has copies")
                    boolean force)
            throws Exception {
        if (node < 1) {
            throw Failure.usage("N must be 1 or more");
        }
        if (noWait && !action.equals("drain")) {
            throw Failure.usage("--no-wait goes with drain");
        }
        if (force && action.equals("resume")) {
            throw Failure.usage("--force goes with drain and remove");
        }
        try (WalrusClient client = connect()) {
            NodeCommand command = new NodeCommand(client, terminal);
            switch (action) {
                case "drain" -> command.drain(node, force, !noWait);
                case "resume" -> command.resume(node);
                case "remove" -> command.remove(node, force);
                default -> throw Failure.usage("node takes drain, resume or remove, not " + action);
            }
            return 0;
        }
    }

    /// A topic with a space in it would become another topic and a piece of payload on the wire.
    private static String checked(String topic) throws Failure {
        String violation = TopicNames.violation(topic);
        if (violation != null) {
            throw Failure.usage(violation);
        }
        return topic;
    }

    private Integer ask(Request request) throws Exception {
        try (WalrusClient client = connect()) {
            new Commands(client, terminal).ask(request);
            return 0;
        }
    }

    private List<NodeAddress> addresses() throws Failure {
        try {
            return NodeAddress.parse(address);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--addr " + e.getMessage());
        }
    }

    private WalrusClient connect() throws Failure {
        terminal.requireOutput();
        List<NodeAddress> addresses = addresses();
        try {
            return WalrusClient.connect(addresses, ONE_BY_ONE);
        } catch (WalrusException e) {
            throw Failure.of(e.failure());
        }
    }

    private Link link() throws Failure {
        List<NodeAddress> addresses = addresses();
        try {
            return new Link(addresses);
        } catch (WalrusException e) {
            throw Failure.of(e.failure());
        }
    }

    private static int usage(ParameterException e, Terminal terminal) {
        String message = e.getMessage() == null ? "invalid arguments" : e.getMessage();
        terminal.say("walrus-cli: " + message.lines().findFirst().orElse(message) + " (see --help)");
        return Failure.USAGE;
    }

    private static int failed(Exception e, Terminal terminal) {
        if (e instanceof Failure failure) {
            terminal.complain(failure.text());
            return failure.exitCode();
        }
        terminal.complain("walrus-cli: " + e.getMessage());
        return Failure.USAGE;
    }

    /// The version of this build.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = CliMain.class.getPackage().getImplementationVersion();
            return new String[] {"walrus " + (version == null ? "(development build)" : version)};
        }
    }
}
