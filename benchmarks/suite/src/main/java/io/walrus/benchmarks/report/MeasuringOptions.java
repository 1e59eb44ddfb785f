package io.walrus.benchmarks.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// The options of all benchmarks that write tables, and what follows from them.
public final class MeasuringOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--node", description = "the launcher of a node", required = true)
    private Path launcher = Path.of("bin/walrus-node");

    @Option(names = "--work", description = "folder for data, on the disk to be measured", required = true)
    private Path work = Path.of("build/benchmarks");

    @Option(names = "--results", description = "folder for the tables", required = true)
    private Path results = Path.of("benchmarks/results");

    @Option(names = "--rounds", description = "how often each subject is measured; 0 only writes the tables anew")
    private int rounds;

    @Option(names = "--warm-up", description = "seconds before each measurement")
    private int warmUpSeconds;

    @Option(names = "--seconds", description = "seconds of each measurement")
    private int seconds;

    @Option(names = "--group", split = ",", description = "only groups (tables) with one of these in their title")
    private List<String> groups = List.of();

    @Option(names = "--workload", split = ",", description = "only workloads with one of these in their title")
    private List<String> workloads = List.of();

    @Option(names = "--subject", split = ",", description = "only subjects with one of these in their title")
    private List<String> subjects = List.of();

    private @Nullable String kind;
    private @Nullable Samples samples;

    /// With these defaults.
    public MeasuringOptions(int rounds, int warmUpSeconds, int seconds) {
        this.rounds = rounds;
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    /// The node's launcher of this checkout.
    public Path launcher() {
        return launcher;
    }

    /// The folder for data, made if it isn't there.
    public Path work() throws IOException {
        return Files.createDirectories(work).toRealPath();
    }

    public int rounds() {
        return rounds;
    }

    public int warmUpSeconds() {
        return warmUpSeconds;
    }

    public int seconds() {
        return seconds;
    }

    public boolean wantsGroup(String title) {
        return matches(groups, title);
    }

    public boolean wantsWorkload(String title) {
        return matches(workloads, title);
    }

    public boolean wantsSubject(String title) {
        return matches(subjects, title);
    }

    private static boolean matches(List<String> wanted, String title) {
        String lower = title.toLowerCase(Locale.ROOT);
        return wanted.isEmpty() || wanted.stream().anyMatch(part -> lower.contains(part.toLowerCase(Locale.ROOT)));
    }

    /// What this benchmark measured today, kept in a file of its own.
    public Samples samples() throws IOException {
        Samples known = samples;
        if (known == null) {
            known = Samples.open(Files.createDirectories(results).resolve(name() + ".csv"));
            samples = known;
        }
        return known;
    }

    /// Keeps the numbers of one measurement and shows them; the first is the one it is compared by.
    public void add(Measured what, int round, Map<Metric, Double> numbers) throws IOException {
        List<String> shown = new ArrayList<>();
        for (Map.Entry<Metric, Double> number : numbers.entrySet()) {
            samples().add(what, round, number.getKey(), number.getValue());
            if (!number.getValue().isNaN()) {
                shown.add(
                        Spread.number(number.getValue()) + ' ' + number.getKey().title());
            }
        }
        say("%s | %s | %s: %s", what.group(), what.workload(), what.subject(), String.join(", ", shown));
    }

    /// Writes the tables and the chart of all that was measured today.
    public void publish(ResultTables tables) throws IOException {
        ResultChart.write(samples(), results.resolve(name() + ".png"));
        String text = tables.text(samples(), name() + ".png");
        Files.writeString(results.resolve(name() + ".md"), text);
        say("%s", text);
        say("written to %s", results.resolve(name() + ".md"));
    }

    private String name() {
        return LocalDate.now(ZoneOffset.UTC) + "-" + (kind == null ? command.name() : kind);
    }

    /// Keeps what is measured apart from what else the benchmark measures; to be told before anything is.
    public void keepAs(String name) {
        kind = name;
    }

    /// List items: the machine, what is compared, and what to type to measure it again.
    ///
    /// @param peers what is compared with, with its versions
    public String facts(String peers) throws IOException {
        return MachineFacts.describe(work(), peers)
                + String.format(
                        Locale.ROOT,
                        "- command: `benchmarks/run %s --rounds %d --warm-up %d --seconds %d`%n",
                        command.name(),
                        rounds,
                        warmUpSeconds,
                        seconds);
    }

    /// Shows a line that says how far it is.
    public void say(String format, Object... arguments) {
        PrintWriter out = command.commandLine().getOut();
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }

    /// Shows what could not be measured.
    public void complain(String message) {
        command.commandLine().getErr().println(command.name() + ": " + message);
    }
}
