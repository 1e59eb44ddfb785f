package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.BarChart;
import io.walrus.benchmarks.Spread;
import java.util.Locale;

/// The tables.
final class Report {
    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private Report(Results results) {
        this.results = results;
    }

    /// @param facts of the machine and the peers, as list items
    /// @param command what was typed
    /// @param picture name of the chart's file
    static String of(Results results, String facts, String command, String picture) {
        return new Report(results).write(facts, command, picture);
    }

    private String write(String facts, String command, String picture) {
        text.append("# Walrus beside its peers\n\n")
                .append(facts)
                .append(String.format(Locale.ROOT, """
                - command: `%s`; entries of %d bytes; the servers take turns; every JVM has %s of heap

                The ratios say how many times as good Walrus is: more entries, or less time, processor or memory; below 1 it is worse.
                Each compares two servers within one round, one soon after the other; what is told of these ratios is their median, and
                the lowest and the highest in brackets. Latency is that of the median round. What each server was set to, and how it
                was driven, is in the [description](../README.md#beside-its-peers).

                ![chart](%s)
                """, command, Place.PAYLOAD_BYTES, Place.HEAP, picture));
        for (Setup setup : Setup.values()) {
            table(setup);
        }
        goals();
        return text.toString();
    }

    private void table(Setup setup) {
        text.append(String.format(Locale.ROOT, """

                ## %s

                | workload | server | median | lowest | highest | unit | p50 µs | p99 µs | Walrus forced is | Walrus not forced is | rounds | errors | setting |
                |---|---|---|---|---|---|---|---|---|---|---|---|---|
                """, capitalized(setup.title())));
        for (Metric metric : Metric.values()) {
            for (Candidate candidate : Candidate.values()) {
                Series series = results.series(setup, metric, candidate);
                if (series != null) {
                    row(setup, metric, candidate, series);
                }
            }
        }
        for (Candidate candidate : Candidate.values()) {
            if (candidate.takesPart(setup) && results.series(setup, Metric.BOOT, candidate) == null) {
                text.append(String.format(Locale.ROOT, "\n%s was not measured here.\n", candidate.title()));
            }
        }
    }

    private void row(Setup setup, Metric metric, Candidate candidate, Series series) {
        text.append(String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %d | %d | %s |%n",
                metric.title(),
                candidate.title(),
                BarChart.number(series.value()),
                BarChart.number(series.lowest().value()),
                BarChart.number(series.highest().value()),
                metric.unit(),
                BarChart.number(series.median().p50Micros()),
                BarChart.number(series.median().p99Micros()),
                ratios(setup, metric, Candidate.WALRUS_FORCED, candidate),
                ratios(setup, metric, Candidate.WALRUS_UNFORCED, candidate),
                series.rounds(),
                series.errors(),
                candidate.note()));
    }

    private String ratios(Setup setup, Metric metric, Candidate ours, Candidate other) {
        Spread ratios = other.isWalrus() ? null : results.ratios(setup, metric, ours, metric, other);
        return ratios == null
                ? ""
                : String.format(
                        Locale.ROOT, "%s (%s to %s)", times(ratios.median()), times(ratios.min()), times(ratios.max()));
    }

    private void goals() {
        text.append("""

                ## What Walrus wants to reach

                Always forced to disk, with three nodes on a majority of them.

                | goal | wanted | reached | lowest round | highest round | |
                |---|---|---|---|---|---|
                """);
        for (Goal goal : Goal.all()) {
            Spread reached = results.ratios(goal.setup(), goal.metric(), goal.ours(), goal.otherMetric(), goal.other());
            if (reached != null) {
                text.append(String.format(
                        Locale.ROOT,
                        "| %s: %s, to %s | %s | %s | %s | %s | %s |%n",
                        goal.setup().title(),
                        goal.metric().title(),
                        goal.other().isWalrus()
                                ? goal.otherMetric().title()
                                : goal.other().title(),
                        times(goal.atLeast()),
                        times(reached.median()),
                        times(reached.min()),
                        times(reached.max()),
                        reached.median() >= goal.atLeast() ? "yes" : "no"));
            }
        }
    }

    private static String capitalized(String title) {
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.2f×" : "%.0f×", ratio);
    }
}
