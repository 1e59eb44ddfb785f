package io.walrus.server.offline;

import io.walrus.consensus.raft.LogPosition;
import io.walrus.metadata.Survivors;
import io.walrus.metadata.Survivors.Loss;
import io.walrus.metadata.Survivors.Tail;
import io.walrus.server.config.CommandLineArguments;
import io.walrus.server.config.StartupException;
import io.walrus.transport.HostPort;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/// What `walrus-node` does with the data folder of a node that is stopped.
///
/// Exit codes: 0; 1 if it can't be done; 2 for a usage error. Then nothing was changed.
@Command(
        name = "walrus-node",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = OfflineCommands.Version.class)
public final class OfflineCommands {
    private static final Set<String> NAMES = Set.of("recover", "rejoin", "readdress");
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /// What one topic's line names at most.
    private static final int SHOWN_SEGMENTS = 20;

    private final PrintStream out;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:WALRUS_DATA_DIR:-./data}",
            description =
                    "The data folder of a node that is stopped (default: ${DEFAULT-VALUE}; variable WALRUS_DATA_DIR)")
    private Path dataDir = Path.of("data");

    @Option(
            names = "--dry-run",
            scope = ScopeType.INHERIT,
            description = "Say what would be done, and what would be lost; change nothing")
    private boolean dryRun;

    private OfflineCommands(PrintStream out) {
        this.out = out;
    }

    /// A command that can't be given like this. The message is one line for people.
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /// Whether the arguments are a command, and not the flags of a node that is to run.
    public static boolean areIn(String[] arguments) {
        return arguments.length > 0 && NAMES.contains(arguments[0]);
    }

    /// Carries out one command.
    ///
    /// @return the exit code
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        CommandLine commandLine = new CommandLine(new OfflineCommands(out));
        commandLine.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        commandLine.setUsageHelpWidth(110);
        commandLine.setParameterExceptionHandler((e, _) -> say(err, firstLine(e) + " (see --help)", USAGE));
        commandLine.setExecutionExceptionHandler((e, _, _) -> switch (e) {
            case UsageException usage -> say(err, String.valueOf(usage.getMessage()), USAGE);
            case StartupException refused -> say(err, String.valueOf(refused.getMessage()), FAILED);
            default -> say(err, "an internal error: " + e, FAILED);
        });
        return commandLine.execute(arguments);
    }

    private static int say(PrintStream err, String line, int exitCode) {
        err.println("walrus-node: " + line);
        return exitCode;
    }

    private static String firstLine(ParameterException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("invalid arguments");
    }

    @Command(
            description = {
                "Has a cluster go on with this node's metadata, after a majority of the nodes is gone for good.",
                "This node becomes the only voter. What was decided after it last heard of the others is lost.",
                "Make sure first that the nodes of --lost never run again on their data folders."
            })
    Integer recover(
            @Option(
                            names = "--lost",
                            paramLabel = "N[,N...]",
                            required = true,
                            description = "The nodes that are gone for good")
                    String lost,
            @Option(names = "--yes", description = "Do it") boolean yes)
            throws UsageException, StartupException {
        Set<Long> gone = numbers(lost);
        try (StoppedNode node = StoppedNode.open(dataDir)) {
            requireLost(node, gone);
            Set<Long> left = new TreeSet<>(node.known());
            left.removeAll(gone);
            left.remove(node.id());
            tellOf(node);
            Survivors survivors = node.without(gone);
            out.println("gone for good: " + listed(gone) + "; to rejoin: " + listed(left));
            survivors.losses().forEach(this::tell);
            out.println("topics: " + node.topics() + ", of which "
                    + survivors.losses().size() + " lose entries, or may lose some");
            out.println(
                    "what was decided after that entry is not known here: topics created and segments opened since are"
                            + " lost with their entries");
            if (isConfirmed(yes)) {
                node.goOnWith(survivors);
                RecoveredCluster recovered = new RecoveredCluster(
                        Objects.requireNonNull(survivors.state().clusterId()), node.last());
                out.println(
                        "node " + node.id() + " is the only voter of cluster " + recovered.cluster() + ": start it");
                out.println("on each other node that is left, run walrus-node rejoin --recovered " + recovered
                        + " --yes, then start it with --join; new nodes join as ever");
            }
            return 0;
        }
    }

    private static Set<Long> numbers(String list) throws UsageException {
        Set<Long> numbers = new TreeSet<>();
        for (String number : list.split(",", -1)) {
            numbers.add(nodeNumber(number, "--lost must be node numbers with commas between, not " + list));
        }
        return numbers;
    }

    private static long nodeNumber(String text, String fault) throws UsageException {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException _) {
            throw new UsageException(fault);
        }
    }

    private static void requireLost(StoppedNode node, Set<Long> gone) throws UsageException {
        Set<Long> members = node.members().keySet();
        if (gone.contains(node.id())) {
            throw new UsageException("--lost names node " + node.id() + ", whose folder this is");
        }
        if (!node.known().containsAll(gone)) {
            throw new UsageException(
                    "--lost names a node that is not of the cluster: its nodes are " + listed(node.known()));
        }
        long left = members.stream().filter(member -> !gone.contains(member)).count();
        if (2 * left > members.size() && members.containsAll(gone)) {
            throw new UsageException("a majority of the nodes " + listed(members) + " is left without " + listed(gone)
                    + ": start them; what is lost is removed from the cluster while that runs");
        }
    }

    private void tellOf(StoppedNode node) throws StartupException {
        LogPosition last = node.last();
        out.println("node " + node.id() + " of cluster " + node.cluster() + " in " + dataDir);
        out.println("its metadata ends with entry " + last.index() + " of term " + last.term() + ", written at "
                + node.lastWritten());
        out.println("members: " + addresses(node.members()));
    }

    private void tell(Loss loss) {
        String topic = "topic " + loss.topic() + ": ";
        if (!loss.segments().isEmpty()) {
            String more = loss.segments().size() > SHOWN_SEGMENTS ? ", ..." : "";
            out.println(topic + loss.segments().size() + " sealed segments with " + loss.entries()
                    + " entries have no copy left: "
                    + listed(loss.segments().stream().limit(SHOWN_SEGMENTS).toList()) + more);
        }
        if (loss.tail() == Tail.GONE) {
            out.println(topic + "segment " + loss.open() + ", the open one, has no copy left");
        } else if (loss.tail() == Tail.IN_DOUBT) {
            out.println(topic + "the newest entries of segment " + loss.open() + " may be missing in the copies left");
        }
    }

    private boolean isConfirmed(boolean yes) throws UsageException {
        if (dryRun) {
            out.println("nothing was changed");
            return false;
        }
        if (!yes) {
            throw new UsageException("nothing was changed: give --yes to do it, or --dry-run to look only");
        }
        return true;
    }

    @Command(
            description = {
                "Has this node join a cluster that was recovered on another node, with all entries that it stores.",
                "Its part in the earlier cluster's metadata ends. Start it with --join afterwards."
            })
    Integer rejoin(
            @Option(
                            names = "--recovered",
                            paramLabel = "CLUSTER@TERM:INDEX",
                            required = true,
                            description = "The cluster, as recover printed it")
                    String cluster,
            @Option(names = "--yes", description = "Do it") boolean yes)
            throws UsageException, StartupException {
        RecoveredCluster recovered;
        try {
            recovered = RecoveredCluster.parse(cluster);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--recovered " + e.getMessage());
        }
        try (StoppedNode node = StoppedNode.open(dataDir)) {
            tellOf(node);
            if (node.cluster().equals(recovered.cluster())) {
                throw new StartupException("node " + node.id() + " has the metadata of that cluster: start it");
            }
            if (node.last().compareTo(recovered.at()) > 0) {
                throw new StartupException("node " + node.id() + " knows more than the node that was recovered, whose"
                        + " metadata ends with entry " + recovered.at().index() + " of term "
                        + recovered.at().term()
                        + ": recover this one in its place, and have that one rejoin; or let this"
                        + " one join with an empty data folder");
            }
            if (isConfirmed(yes)) {
                node.leaveFor(recovered.cluster());
                out.println("node " + node.id() + " is yet to join cluster " + recovered.cluster()
                        + ": start it with --join");
            }
            return 0;
        }
    }

    @Command(
            description = {
                "Tells this node the Raft addresses that the members have from now on.",
                "Stop all nodes, run it on each with the same list, and start each with its new address."
            })
    Integer readdress(
            @Parameters(paramLabel = "N=HOST:PORT", arity = "1..*", description = "The address of each member")
                    List<String> given)
            throws UsageException, StartupException {
        Map<Long, String> addresses = checked(given);
        try (StoppedNode node = StoppedNode.open(dataDir)) {
            tellOf(node);
            if (!addresses.keySet().equals(node.members().keySet())) {
                throw new UsageException("name the address of each member, "
                        + listed(node.members().keySet()) + ", and of no other node");
            }
            if (dryRun) {
                out.println("nothing was changed");
                return 0;
            }
            node.readdress(addresses);
            out.println("members: " + addresses(addresses));
            HostPort own = HostPort.parse(Objects.requireNonNull(addresses.get(node.id())));
            out.println("start node " + node.id() + " with --raft-port " + own.port() + " and a --raft-host or"
                    + " --raft-advertise-host of " + own.host());
            return 0;
        }
    }

    private static Map<Long, String> checked(List<String> given) throws UsageException {
        Map<Long, String> addresses = new TreeMap<>();
        Set<String> seen = new HashSet<>();
        for (String each : given) {
            String[] parts = each.split("=", 2);
            long id = nodeNumber(parts[0], each + " is not N=HOST:PORT");
            try {
                String address =
                        HostPort.parse(parts.length < 2 ? "" : parts[1]).toString();
                if (!seen.add(address) || addresses.put(id, address) != null) {
                    throw new UsageException("each node has an address of its own, and " + each + " is given twice");
                }
            } catch (IllegalArgumentException e) {
                throw new UsageException(each + " is not N=HOST:PORT: " + e.getMessage());
            }
        }
        return addresses;
    }

    private static String addresses(Map<Long, String> members) {
        return members.entrySet().stream()
                .map(member -> member.getKey() + " at " + member.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String listed(Collection<Long> numbers) {
        return numbers.isEmpty()
                ? "none"
                : numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /// The version of this build.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {CommandLineArguments.version()};
        }
    }
}
