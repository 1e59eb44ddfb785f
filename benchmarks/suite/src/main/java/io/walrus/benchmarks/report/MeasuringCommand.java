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
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// A subcommand that measures and writes tables, with the options that all of them have. Exit code 0 whatever the
/// numbers are, 1 if something could not be measured.
public abstract class MeasuringCommand implements Callable<Integer> {
    @Spec
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

    private @Nullable Samples samples;
    private int failures;

    /// With these defaults.
    protected MeasuringCommand(int rounds, int warmUpSeconds, int seconds) {
        this.rounds = rounds;
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    @Override
    public final Integer call() {
        try {
            measure();
            ResultTables tables = tables();
            ResultChart.write(samples(), result(".png"));
            String text = tables.text(samples(), name() + ".png");
            Files.writeString(result(".md"), text);
            say("%s%nwritten to %s", text, result(".md"));
        } catch (Exception | AssertionError e) {
            failed("stopped", e);
        }
        return failures == 0 ? 0 : 1;
    }

    /// Measures what the options ask for.
    protected abstract void measure() throws Exception;

    /// How all that was measured is shown.
    protected abstract ResultTables tables() throws IOException;

    /// Of the files that keep what is measured.
    protected String title() {
        return command.name();
    }

    /// The node's launcher of this checkout.
    public final Path launcher() {
        return launcher;
    }

    /// The folder for data, made if it isn't there.
    public final Path work() throws IOException {
        return Files.createDirectories(work).toRealPath();
    }

    /// The numbers of the rounds that are to be measured of a group; none if it isn't wanted.
    public final List<Integer> rounds(String group) throws IOException {
        int first = samples().nextRound(group);
        return IntStream.range(first, first + (matches(groups, group) ? rounds : 0))
                .boxed()
                .toList();
    }

    public final int warmUpSeconds() {
        return warmUpSeconds;
    }

    public final int seconds() {
        return seconds;
    }

    public final boolean wantsWorkload(String title) {
        return matches(workloads, title);
    }

    public final boolean wantsSubject(String title) {
        return matches(subjects, title);
    }

    private static boolean matches(List<String> wanted, String title) {
        String lower = title.toLowerCase(Locale.ROOT);
        return wanted.isEmpty() || wanted.stream().anyMatch(part -> lower.contains(part.toLowerCase(Locale.ROOT)));
    }

    /// What this benchmark measured today, kept in a file of its own.
    public final Samples samples() throws IOException {
        Samples known = samples;
        if (known == null) {
            Files.createDirectories(results);
            known = Samples.open(result(".csv"));
            samples = known;
        }
        return known;
    }

    /// Keeps the numbers of one measurement and shows them; the first is the one it is compared by.
    public final void add(String group, String workload, String subject, int round, Map<Metric, Double> numbers)
            throws IOException {
        Measured what = new Measured(group, workload, subject);
        List<String> shown = new ArrayList<>();
        for (Map.Entry<Metric, Double> number : numbers.entrySet()) {
            if (!number.getValue().isNaN()) {
                samples().add(what, round, number.getKey(), number.getValue());
                shown.add(
                        Spread.number(number.getValue()) + ' ' + number.getKey().title());
            }
        }
        say("%s | %s | %s: %s", group, workload, subject, String.join(", ", shown));
    }

    private String name() {
        return LocalDate.now(ZoneOffset.UTC) + "-" + title();
    }

    private Path result(String ending) {
        return results.resolve(name() + ending);
    }

    /// List items: the machine, what is compared, and what to type to measure it again.
    ///
    /// @param peers what is compared with, with its versions
    protected final String facts(String peers) throws IOException {
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
    public final void say(String format, Object... arguments) {
        PrintWriter out = command.commandLine().getOut();
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }

    /// Says that something could not be measured; the rest goes on.
    protected final void failed(String what, Throwable failure) {
        failures++;
        String reason = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
        command.commandLine().getErr().println(command.name() + ": " + what + ": " + reason);
    }
}
