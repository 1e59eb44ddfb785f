package io.walrus.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Turns the command line and the environment into a [ServerConfig].
public final class CommandLineArguments {
    private static final String MARKDOWN = "--markdown";

    /// What is no setting. The launcher's variables are read before there is a Java to ask for help.
    private static final String OTHER_HELP = """

            Commands for the data folder of a stopped node (walrus-node COMMAND --help):
              recover has a cluster go on with this node's metadata after a majority of the nodes is gone for good
              rejoin has another node that is left join the cluster that was recovered, with its entries
              readdress tells a node the members' new Raft addresses after all nodes have moved

            Environment of the launcher:
              JAVA_HOME for the Java to use, if it is 25 or newer (default: one is looked for)
              WALRUS_HEAP for the heap (default: 512m)
              WALRUS_DIRECT_MEMORY for the memory outside the heap at most (default: 512m)
              WALRUS_GC for the garbage collector (default: -XX:+UseG1GC)
              WALRUS_JAVA_OPTS for further flags of Java
            """;

    private CommandLineArguments() {}

    /// What the arguments ask for.
    public sealed interface Outcome {
        /// Run a node.
        ///
        /// @param logLevel off, error, warn, info, debug or trace
        record Run(ServerConfig config, String logLevel) implements Outcome {}

        /// Print this text and end.
        record Help(String text) implements Outcome {}

        /// The arguments can't be used; one line for each thing that is wrong.
        record Invalid(List<String> lines) implements Outcome {
            public Invalid {
                lines = List.copyOf(lines);
            }
        }
    }

    /// Reads every setting from its flag, else from its variables, else takes the default, and checks them all
    /// together.
    public static Outcome parse(String[] arguments, Map<String, String> environment) {
        CommandLine commandLine = new CommandLine(specification());
        ParseResult parsed;
        try {
            parsed = commandLine.parseArgs(arguments);
        } catch (ParameterException e) {
            return new Outcome.Invalid(List.of(firstLine(e) + " (see --help)"));
        }
        if (parsed.isUsageHelpRequested()) {
            return new Outcome.Help(
                    parsed.hasMatchedOption(MARKDOWN) ? markdown() : commandLine.getUsageMessage() + environmentHelp());
        }
        if (parsed.isVersionHelpRequested()) {
            return new Outcome.Help(version() + System.lineSeparator());
        }
        List<String> violations = new ArrayList<>();
        SettingValues values = new SettingValues();
        for (Setting<?> setting : Settings.ALL) {
            Source source = source(setting, parsed, environment);
            values.put(setting, source.text);
            if (source.given || !setting.equals(Settings.NODE_ID)) {
                String violation = source.isReadable() ? setting.violation(source.text) : "must be valid UTF-8";
                if (violation != null) {
                    violations.add(source.name + " '" + source.text + "' " + violation + source.origin());
                }
            } else {
                violations.add(source.name + " is required, for instance --node-id 1");
            }
        }
        String together = violations.isEmpty() ? ServerConfig.violation(values) : null;
        if (together != null) {
            violations.add(together);
        }
        if (!violations.isEmpty()) {
            return new Outcome.Invalid(violations);
        }
        return new Outcome.Run(ServerConfig.from(values), values.of(Settings.LOG));
    }

    private record Source(String name, String text, boolean given) {
        /// What Java puts in the place of bytes that it can't read.
        private static final char UNREADABLE = '\uFFFD';

        private static final String SERVICE_ADDRESS = "tcp://";
        private static final String SERVICE_VARIABLE = "_PORT";

        boolean isReadable() {
            return text.indexOf(UNREADABLE) < 0;
        }

        /// Where a value comes from that the operator can't have meant.
        String origin() {
            if (!text.startsWith(SERVICE_ADDRESS) || !name.endsWith(SERVICE_VARIABLE)) {
                return "";
            }
            String service = name.substring(0, name.length() - SERVICE_VARIABLE.length())
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '-');
            return ": Kubernetes sets this variable for a Service named " + service
                    + "; set enableServiceLinks: false in the pod, or rename the Service";
        }
    }

    private static Source source(Setting<?> setting, ParseResult parsed, Map<String, String> environment) {
        if (parsed.hasMatchedOption(setting.flag())) {
            Object value = parsed.matchedOptionValue(setting.flag(), "");
            return new Source(setting.flag(), String.valueOf(value), true);
        }
        for (String variable : setting.variables()) {
            String value = environment.get(variable);
            if (value != null && (!value.isEmpty() || setting.equals(Settings.BOOTSTRAP_TOPICS))) {
                return new Source(variable, variable.equals(RustLog.VARIABLE) ? RustLog.level(value) : value, true);
            }
        }
        return new Source(setting.flag(), setting.defaultText(), false);
    }

    private static CommandSpec specification() {
        CommandSpec spec = CommandSpec.create().name("walrus-node");
        spec.usageMessage()
                .customSynopsis("walrus-node --node-id=N [OPTION]...", "       walrus-node COMMAND [OPTION]...")
                .description("Runs one node of Walrus, a distributed streaming log.")
                .sortOptions(false)
                .width(110)
                .optionListHeading("%nOptions:%n");
        for (Setting<?> setting : Settings.ALL) {
            String help = plain(setting.help());
            String required = setting.equals(Settings.NODE_ID) ? " (required)" : "";
            String shown = setting.defaultText().isEmpty() || setting.isSwitch()
                    ? help + required
                    : help + " (default: " + setting.defaultText() + ")";
            OptionSpec.Builder option =
                    OptionSpec.builder(setting.flags().toArray(String[]::new)).description(shown.replace("%", "%%"));
            if (setting.isSwitch()) {
                option.type(boolean.class).arity("0");
            } else {
                option.type(String.class).paramLabel(setting.placeholder());
            }
            spec.addOption(option.build());
        }
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and end.")
                .build());
        spec.addOption(OptionSpec.builder(MARKDOWN)
                .description("With --help: print the settings as a table in Markdown.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version and end.")
                .build());
        return spec;
    }

    private static String environmentHelp() {
        StringBuilder text = new StringBuilder(System.lineSeparator())
                .append("Environment (a flag wins over its variable):")
                .append(System.lineSeparator());
        for (Setting<?> setting : Settings.ALL) {
            text.append("  ")
                    .append(String.join(", ", setting.variables()))
                    .append(" for ")
                    .append(setting.flag())
                    .append(System.lineSeparator());
        }
        return text.append(OTHER_HELP.replace("\n", System.lineSeparator())).toString();
    }

    /// The table of the README.
    private static String markdown() {
        StringBuilder table = new StringBuilder("| flag | variable | default | what it sets |\n|---|---|---|---|\n");
        for (Setting<?> setting : Settings.ALL) {
            String none = setting.equals(Settings.NODE_ID) ? "required" : "";
            table.append("| ")
                    .append(code(setting.flags()))
                    .append(" | ")
                    .append(code(setting.variables()))
                    .append(" | ")
                    .append(setting.defaultText().isEmpty() ? none : "`" + setting.defaultText() + "`")
                    .append(" | ")
                    .append(setting.help())
                    .append(" |\n");
        }
        return table.toString();
    }

    private static String code(List<String> words) {
        return "`" + String.join("`, `", words) + "`";
    }

    /// A text of the table as it reads on a terminal.
    private static String plain(String help) {
        String text = help.replace("`", "");
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /// The version of this build.
    public static String version() {
        String version = CommandLineArguments.class.getPackage().getImplementationVersion();
        return "walrus " + (version == null ? "(development build)" : version);
    }

    private static String firstLine(ParameterException e) {
        String message = e.getMessage() == null ? "invalid arguments" : e.getMessage();
        return message.lines().findFirst().orElse("invalid arguments");
    }
}
