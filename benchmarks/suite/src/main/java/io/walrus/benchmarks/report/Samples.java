package io.walrus.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All that one benchmark measured on one day, in a file of comma-separated values that grows with each measurement, so
/// that it can be done in parts. Not thread-safe.
public final class Samples {
    private static final String HEAD = "time,group,workload,subject,round,metric,value";

    /// One number that was measured: a line of the file.
    ///
    /// @param round in which the subjects took turns, counted from 0 over the whole file; only what was measured in
    /// the same round, and so at about the same time, is put into proportion
    private record Sample(Measured what, int round, Metric metric, double value) {
        /// @throws IllegalArgumentException if the line is no measurement
        static Sample of(String line) {
            String[] fields = line.split("[,\n]", -1);
            if (fields.length != HEAD.split(",").length) {
                throw new IllegalArgumentException("not a name for each column, without commas: " + line);
            }
            return new Sample(
                    new Measured(fields[1], fields[2], fields[3]),
                    Integer.parseInt(fields[4]),
                    Metric.valueOf(fields[5]),
                    Double.parseDouble(fields[6]));
        }
    }

    private final Path file;
    private final List<Sample> all = new ArrayList<>();

    private Samples(Path file) {
        this.file = file;
    }

    /// Reads a file, or begins it.
    ///
    /// @throws IOException also if the file is there and isn't one of ours, or was cut short
    public static Samples open(Path file) throws IOException {
        Samples samples = new Samples(file);
        if (!Files.exists(file)) {
            Files.writeString(file, HEAD + '\n');
            return samples;
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
            throw new IOException(file + " has other columns than are written now: remove it, and measure anew");
        }
        for (int i = 1; i < lines.size(); i++) {
            try {
                samples.all.add(Sample.of(lines.get(i)));
            } catch (IllegalArgumentException _) {
                throw new IOException(file + ": line " + (i + 1) + " is no measurement: remove the line or the file");
            }
        }
        return samples;
    }

    public void add(Measured what, int round, Metric metric, double value) throws IOException {
        String line = String.format(
                Locale.ROOT,
                "%s,%s,%s,%s,%d,%s,%.3f",
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                what.group(),
                what.workload(),
                what.subject(),
                round,
                metric,
                value);
        all.add(Sample.of(line));
        Files.writeString(file, line + '\n', StandardOpenOption.APPEND);
    }

    /// The number after that of the last round of a group.
    public int nextRound(String group) {
        return of(group).mapToInt(Sample::round).max().orElse(-1) + 1;
    }

    /// In the order in which they were first measured.
    List<String> groups() {
        return all.stream().map(sample -> sample.what().group()).distinct().toList();
    }

    /// In the order in which they were first measured; by their size where all workloads of the group are numbers.
    public List<String> workloads(String group) {
        List<String> workloads =
                of(group).map(sample -> sample.what().workload()).distinct().toList();
        return workloads.stream().allMatch(workload -> workload.matches("\\d+"))
                ? workloads.stream().sorted(Comparator.comparing(Long::valueOf)).toList()
                : workloads;
    }

    List<String> subjects(String group) {
        return of(group).map(sample -> sample.what().subject()).distinct().toList();
    }

    /// That were measured in a group, in their order.
    Set<Metric> metrics(String group) {
        return of(group).map(Sample::metric).collect(Collectors.toCollection(TreeSet::new));
    }

    private Stream<Sample> of(String group) {
        return all.stream().filter(sample -> sample.what().group().equals(group));
    }

    /// The first metric that was measured of something: the one it is compared by.
    @Nullable
    Metric main(Measured what) {
        return all.stream()
                .filter(sample -> sample.what().equals(what))
                .map(Sample::metric)
                .findFirst()
                .orElse(null);
    }

    /// What all rounds found; null if there was none.
    @Nullable
    Spread spread(Measured what, Metric metric) {
        return Spread.ofAny(values(what, metric).map(Sample::value));
    }

    /// The median of all rounds; not a number if there was none.
    public double median(Measured what, Metric metric) {
        Spread spread = spread(what, metric);
        return spread == null ? Double.NaN : spread.median();
    }

    /// How many times as good ours was, within each round that measured both, by the main metric of ours.
    ///
    /// @return null if there was no such round
    public @Nullable Spread ratios(Measured ours, Measured theirs) {
        Metric metric = main(ours);
        if (metric == null) {
            return null;
        }
        return Spread.ofAny(values(ours, metric)
                .flatMap(mine -> values(theirs, metric)
                        .filter(other -> other.round() == mine.round())
                        .map(other -> metric.ratio(mine.value(), other.value()))));
    }

    /// In how many rounds it was measured.
    long rounds(Measured what) {
        return values(what, Objects.requireNonNull(main(what))).count();
    }

    private Stream<Sample> values(Measured what, Metric metric) {
        return all.stream()
                .filter(sample -> sample.metric() == metric && sample.what().equals(what));
    }
}
