package io.walrus.benchmarks.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/// The chart of what was measured. Where several subjects were measured, a column is a group, a row is a workload and a
/// bar is a subject; where there is only one, a column is a metric, a row is a group and a bar is a workload.
final class ResultChart {
    private static final int COLUMN_WIDTH = 600;
    private static final int NARROW_COLUMN_WIDTH = 410;
    private static final List<Metric> STEP_METRICS =
            List.of(Metric.RATE, Metric.P99, Metric.MILLIS, Metric.SECONDS, Metric.ALL_MEMORY, Metric.SERVER_CPU);
    private static final List<Color> COLORS = Stream.of(
                    0x1B6CA8, 0x8FBDE0, 0x555B66, 0xB4B9C2, 0xA6D49A, 0xC0392B, 0xECA9A1, 0x7D5BA6, 0xE0B04C)
            .map(Color::new)
            .toList();

    private final Samples samples;
    private final List<String> subjects;

    private ResultChart(Samples samples) {
        this.samples = samples;
        subjects = samples.groups().stream()
                .flatMap(group -> samples.subjects(group).stream())
                .distinct()
                .toList();
    }

    /// Draws it as PNG.
    static void write(Samples samples, Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        ResultChart chart = new ResultChart(samples);
        List<String> groups = samples.groups();
        if (chart.subjects.size() > 1) {
            List<String> workloads = groups.stream()
                    .flatMap(group -> samples.workloads(group).stream())
                    .distinct()
                    .toList();
            List<BarChart.Row> rows =
                    rows(workloads, groups, (workload, group) -> chart.ofSubjects(workload, group, groups));
            BarChart.write(groups, rows, groups.size() * COLUMN_WIDTH, file);
        } else {
            List<Metric> metrics = STEP_METRICS.stream()
                    .filter(metric -> groups.stream()
                            .anyMatch(group -> samples.metrics(group).contains(metric)))
                    .toList();
            List<BarChart.Row> rows =
                    rows(groups, metrics, (group, metric) -> chart.ofSteps(group, metric, metrics.indexOf(metric)));
            BarChart.write(
                    metrics.stream().map(Metric::title).toList(), rows, metrics.size() * NARROW_COLUMN_WIDTH, file);
        }
    }

    private static <R, C> List<BarChart.Row> rows(
            List<R> rows, List<C> columns, BiFunction<R, C, BarChart.Panel> panel) {
        return rows.stream()
                .map(row -> columns.stream()
                        .map(column -> panel.apply(row, column))
                        .filter(each -> !each.bars().isEmpty())
                        .toList())
                .filter(panels -> !panels.isEmpty())
                .map(BarChart.Row::new)
                .toList();
    }

    private BarChart.Panel ofSubjects(String workload, String group, List<String> groups) {
        List<BarChart.Bar> bars = new ArrayList<>();
        String title = workload;
        for (String subject : subjects) {
            Measured what = new Measured(group, workload, subject);
            Metric metric = samples.main(what);
            if (metric != null) {
                title = workload + " (" + metric.title() + ')';
                Color color = COLORS.get(subjects.indexOf(subject) % COLORS.size());
                bars.add(new BarChart.Bar(subject, color, Objects.requireNonNull(samples.spread(what, metric))));
            }
        }
        return new BarChart.Panel(groups.indexOf(group), title, bars);
    }

    private BarChart.Panel ofSteps(String group, Metric metric, int column) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (String workload : samples.workloads(group)) {
            Spread spread = samples.spread(new Measured(group, workload, subjects.getFirst()), metric);
            if (spread != null) {
                bars.add(new BarChart.Bar(workload, COLORS.getFirst(), spread));
            }
        }
        return new BarChart.Panel(column, column == 0 ? group : "", bars);
    }
}
