package io.walrus.cli;

import io.walrus.client.Connection;
import io.walrus.protocol.TopicNames;
import java.io.BufferedOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
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
/// Exit codes: 0, 1 if the server said ERR, 2 for a usage error, 3 if no node can be reached.
@Command(
        name = "walrus-cli",
        description = "Talks to a node of Walrus. Without a command: a prompt.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {"", "Exit codes: 0; 1 if the server said ERR; 2 for a usage error; 3 if no node can be reached."})
public final class Main implements Callable<Integer> {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int OUT_BYTES = 256 << 10;

    private final Terminal terminal;

    @Option(
            names = "--addr",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:WALRUS_ADDR:-127.0.0.1:9091}",
            description = "The node to talk to (default: ${DEFAULT-VALUE}; variable WALRUS_ADDR)")
    private String address = "127.0.0.1:9091";

    private Main(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, Terminal.system()));
    }

    /// Runs one command.
    ///
    /// @return the exit code
    static int run(String[] arguments, Terminal terminal) {
        CommandLine commandLine = new CommandLine(new Main(terminal));
        commandLine.setOut(new java.io.PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        commandLine.setErr(new java.io.PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        commandLine.setParameterExceptionHandler((e, _) -> usage(e, terminal));
        commandLine.setExecutionExceptionHandler((e, _, _) -> failed(e, terminal));
        return commandLine.execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        return withConnection(connection -> new Repl(connection, terminal, address).run());
    }

    @Command(description = "Creates a topic, unless it exists.")
    Integer register(@Parameters(paramLabel = "TOPIC") String topic) throws Exception {
        return ask("REGISTER " + checked(topic));
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
            throw new Failure(Failure.USAGE, "put takes either DATA or --file FILE");
        }
        return withConnection(connection -> {
            if (file != null) {
                try (FileInputStream lines = new FileInputStream(file.toFile())) {
                    new PutLines(connection, topic, terminal, Files.size(file)).run(lines);
                }
            } else if ("-".equals(data)) {
                new PutLines(connection, topic, terminal, 0).run(terminal.in());
            } else if (data != null) {
                commands(connection).put(topic, data.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    @Command(description = "Takes the next entry; each is handed out once.")
    Integer get(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Option(names = "--count", paramLabel = "N", description = "Take up to N entries") @Nullable Long count,
            @Option(names = "--all", description = "Take all there are") boolean all,
            @Option(names = "--follow", description = "Take entries as they come, until interrupted") boolean follow)
            throws Exception {
        checked(topic);
        return withConnection(connection -> {
            Commands commands = commands(connection);
            if (follow) {
                commands.follow(topic);
            } else if (all || count != null) {
                commands.get(topic, count == null ? Long.MAX_VALUE : count);
            } else {
                commands.ask("GET " + topic);
            }
        });
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
        return withConnection(connection -> commands(connection).fetch(topic, segment, offset, count));
    }

    @Command(description = "Shows a topic's segments, as JSON.")
    Integer state(@Parameters(paramLabel = "TOPIC") String topic) throws Exception {
        return ask("STATE " + checked(topic));
    }

    @Command(description = "Shows the node and its cluster, as JSON.")
    Integer metrics() throws Exception {
        return ask("METRICS");
    }

    /// A topic with a space in it would become another topic and a piece of payload on the wire.
    private static String checked(String topic) throws Failure {
        String violation = TopicNames.violation(topic);
        if (violation != null) {
            throw new Failure(Failure.USAGE, violation);
        }
        return topic;
    }

    private interface Work {
        void run(Connection connection) throws Exception;
    }

    private Integer ask(String command) throws Exception {
        return withConnection(connection -> commands(connection).ask(command));
    }

    private Integer withConnection(Work work) throws Exception {
        int colon = address.lastIndexOf(':');
        int port;
        try {
            port = Integer.parseInt(address.substring(colon + 1));
            if (colon < 1 || port < 1 || port > 65_535) {
                throw new NumberFormatException();
            }
        } catch (NumberFormatException _) {
            throw new Failure(Failure.USAGE, "--addr '" + address + "' must be HOST:PORT");
        }
        try (Connection connection = Connection.open(address.substring(0, colon), port, CONNECT_TIMEOUT)) {
            work.run(connection);
            return 0;
        } catch (NoSuchFileException | java.io.FileNotFoundException e) {
            throw new Failure(Failure.USAGE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CONNECT, "no answer from " + address + ": " + e.getMessage());
        }
    }

    private Commands commands(Connection connection) {
        OutputStream buffered = new BufferedOutputStream(terminal.out(), OUT_BYTES);
        return new Commands(connection, buffered);
    }

    private static int usage(ParameterException e, Terminal terminal) {
        String message = e.getMessage() == null ? "invalid arguments" : e.getMessage();
        terminal.say("walrus-cli: " + message.lines().findFirst().orElse(message) + " (see --help)");
        return Failure.USAGE;
    }

    private static int failed(Exception e, Terminal terminal) {
        if (e instanceof Failure failure) {
            terminal.say(
                    failure.exitCode() == Failure.SERVER_SAID_NO
                            ? String.valueOf(failure.getMessage())
                            : "walrus-cli: " + failure.getMessage());
            return failure.exitCode();
        }
        terminal.say("walrus-cli: " + e.getMessage());
        return Failure.CANNOT_CONNECT;
    }

    /// The version of this build.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"walrus " + (version == null ? "(development build)" : version)};
        }
    }
}
