package io.walrus.benchmarks.report;

import java.awt.Color;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/// The chart of what was measured, in panels. Where several subjects were measured, a panel is a workload and has their
/// bars for each group; where there is only one, a panel is a metric of a group and has a bar for each workload. A bar
/// ends at the median.
final class ResultChart {
    private static final int COLUMNS = 3;
    private static final int WIDTH = 640;
    private static final int HEIGHT = 320;
    private static final List<Metric> STEP_METRICS =
            List.of(Metric.RATE, Metric.P99, Metric.MILLIS, Metric.SECONDS, Metric.ALL_MEMORY, Metric.SERVER_CPU);
    private static final Color[] COLORS = Stream.of(
                    0x1B6CA8, 0x8FBDE0, 0x555B66, 0xB4B9C2, 0xA6D49A, 0xC0392B, 0xECA9A1, 0x7D5BA6, 0xE0B04C)
            .map(Color::new)
            .toArray(Color[]::new);

    private final Samples samples;
    private final List<String> groups;
    private final List<String> subjects;

    private ResultChart(Samples samples) {
        this.samples = samples;
        groups = samples.groups();
        subjects = all(samples::subjects);
    }

    /// Draws it as PNG.
    static void write(Samples samples, Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        ResultChart chart = new ResultChart(samples);
        List<CategoryChart> panels = chart.subjects.size() > 1 ? chart.ofSubjects() : chart.ofSteps();
        while (panels.size() % COLUMNS != 0) {
            CategoryChart empty = panel("");
            var _ = empty.addSeries(" ", List.of(" "), List.of(0));
            panels.add(empty);
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            BitmapEncoder.saveBitmap(panels, panels.size() / COLUMNS, COLUMNS, out, BitmapFormat.PNG);
        }
    }

    /// Of all groups, each once.
    private List<String> all(Function<String, List<String>> ofGroup) {
        return groups.stream()
                .flatMap(group -> ofGroup.apply(group).stream())
                .distinct()
                .toList();
    }

    private List<CategoryChart> ofSubjects() {
        List<CategoryChart> panels = new ArrayList<>();
        for (String workload : all(samples::workloads)) {
            Metric metric = groups.stream()
                    .flatMap(group -> subjects.stream().map(subject -> new Measured(group, workload, subject)))
                    .map(samples::main)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow();
            CategoryChart panel = panel(workload + " (" + metric.title() + ')');
            for (String subject : subjects) {
                List<@Nullable Double> bars = new ArrayList<>();
                groups.forEach(group -> bars.add(bar(new Measured(group, workload, subject), metric)));
                panel.addSeries(subject, groups, bars);
            }
            panels.add(panel);
        }
        return panels;
    }

    private List<CategoryChart> ofSteps() {
        List<CategoryChart> panels = new ArrayList<>();
        for (String group : groups) {
            List<String> steps = samples.workloads(group);
            for (Metric metric : STEP_METRICS) {
                if (samples.metrics(group).contains(metric)) {
                    CategoryChart panel = panel(group + " (" + metric.title() + ')');
                    panel.getStyler().setLegendVisible(false);
                    List<@Nullable Double> bars = new ArrayList<>();
                    steps.forEach(step -> bars.add(bar(new Measured(group, step, subjects.getFirst()), metric)));
                    panel.addSeries(metric.title(), steps, bars);
                    panels.add(panel);
                }
            }
        }
        return panels;
    }

    private static CategoryChart panel(String title) {
        CategoryChart panel = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .build();
        panel.getStyler()
                .setYAxisDecimalPattern("#,##0.#")
                .setSeriesColors(COLORS)
                .setLegendPosition(LegendPosition.OutsideE);
        return panel;
    }

    /// Null where nothing was measured.
    private @Nullable Double bar(Measured what, Metric metric) {
        double median = samples.median(what, metric);
        return Double.isNaN(median) ? null : median;
    }
}
