package io.walrus.benchmarks.compare;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The tables.
final class Report {
    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private Report(Results results) {
        this.results = results;
    }

    /// @param facts of the machine and the peers, as list items
    /// @param picture name of the chart's file
    static String of(Results results, String facts, String picture) {
        return new Report(results).write(facts, picture);
    }

    private String write(String facts, String picture) {
        text.append("# Walrus beside its peers\n\n")
                .append(facts)
                .append(String.format(Locale.ROOT, """
                - `make compare`; entries of %d bytes; the servers take turns; every JVM has %s of heap

                The ratios say how many times as good Walrus is: more entries, or less time, processor or memory; below 1 it is worse.
                They compare medians of the rounds. Latency is that of the median round. What each server was set to, and how it was
                driven, is in the [description](../README.md#beside-its-peers).

                ![chart](%s)
                """, Place.PAYLOAD_BYTES, Place.HEAP, picture));
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
                number(series.value()),
                number(series.lowest().value()),
                number(series.highest().value()),
                metric.unit(),
                number(series.median().p50Micros()),
                number(series.median().p99Micros()),
                ratio(metric, candidate, results.series(setup, metric, Candidate.WALRUS_FORCED), series),
                ratio(metric, candidate, results.series(setup, metric, Candidate.WALRUS_UNFORCED), series),
                series.rounds(),
                series.errors(),
                candidate.note()));
    }

    private static String ratio(Metric metric, Candidate candidate, @Nullable Series ours, Series theirs) {
        if (ours == null || candidate.isWalrus()) {
            return "";
        }
        return times(metric.ratio(ours.value(), theirs.value()));
    }

    private void goals() {
        text.append("""

                ## What Walrus wants to reach

                Always forced to disk, with three nodes on a majority of them.

                | goal | wanted | reached | |
                |---|---|---|---|
                """);
        for (Goal goal : Goal.all()) {
            Series ours = results.series(goal.setup(), goal.metric(), goal.ours());
            Series other = results.series(goal.setup(), goal.otherMetric(), goal.other());
            if (ours != null && other != null) {
                double reached = goal.metric().ratio(ours.value(), other.value());
                text.append(String.format(
                        Locale.ROOT,
                        "| %s: %s, to %s | %s | %s | %s |%n",
                        goal.setup().title(),
                        goal.metric().title(),
                        goal.other().isWalrus()
                                ? goal.otherMetric().title()
                                : goal.other().title(),
                        times(goal.atLeast()),
                        times(reached),
                        reached >= goal.atLeast() ? "yes" : "no"));
            }
        }
    }

    private static String capitalized(String title) {
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.2f×" : "%.0f×", ratio);
    }

    static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
    }
}
