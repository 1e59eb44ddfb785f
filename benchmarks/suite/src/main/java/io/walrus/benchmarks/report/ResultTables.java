package io.walrus.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The tables of what was measured, as Markdown: one for each group, with a row for each workload and subject.
///
/// @param title the heading
/// @param facts list items: the machine, what was compared, the command
/// @param introduction a paragraph
/// @param baselines subjects that all others are put in relation to, a column for each
/// @param end what comes after the tables; empty if there is nothing
public record ResultTables(String title, String facts, String introduction, List<String> baselines, String end) {
    private static final String CELLS =
            "A cell is the median of the rounds, with the lowest and the highest in brackets.\n";

    public ResultTables {
        baselines = List.copyOf(baselines);
    }

    public ResultTables(String title, String facts, String introduction, List<String> baselines) {
        this(title, facts, introduction, baselines, "");
    }

    /// @param picture name of the chart's file
    String text(Samples samples, String picture) {
        StringBuilder text = new StringBuilder("# " + title + "\n\n" + facts + '\n' + CELLS + introduction)
                .append("\n![chart](" + picture + ")\n");
        for (String group : samples.groups()) {
            text.append("\n## " + capitalized(group) + "\n\n");
            table(samples, group, text);
        }
        return text.append(end).toString();
    }

    private void table(Samples samples, String group, StringBuilder text) {
        Set<Metric> metrics = samples.metrics(group);
        List<String> present = baselines.stream()
                .filter(samples.subjects(group)::contains)
                .filter(_ -> samples.subjects(group).size() > 1)
                .toList();
        List<String> head = new ArrayList<>(List.of("workload", "subject"));
        metrics.forEach(metric -> head.add(metric.title()));
        present.forEach(baseline -> head.add(baseline + " is"));
        head.add("rounds");
        row(head, text);
        text.append("|---".repeat(head.size())).append("|\n");
        for (String workload : samples.workloads(group)) {
            for (String subject : samples.subjects(group)) {
                Measured what = new Measured(group, workload, subject);
                if (samples.main(what) != null) {
                    row(cells(samples, what, metrics, present), text);
                }
            }
        }
    }

    private static List<String> cells(Samples samples, Measured what, Set<Metric> metrics, List<String> baselines) {
        List<String> cells = new ArrayList<>(List.of(what.workload(), what.subject()));
        for (Metric metric : metrics) {
            Spread spread = samples.spread(what, metric);
            cells.add(spread == null ? "" : spread.toString());
        }
        for (String baseline : baselines) {
            Spread ratios = baselines.contains(what.subject()) ? null : samples.ratios(what.by(baseline), what);
            cells.add(ratios == null ? "" : ratios.text(Spread::times));
        }
        cells.add(Long.toString(samples.rounds(what)));
        return cells;
    }

    /// A row of any table.
    public static void row(List<String> cells, StringBuilder text) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String capitalized(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
