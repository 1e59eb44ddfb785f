package io.walrus.benchmarks.report;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
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

    private ResultChart() {}

    static void write(Samples samples, Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        List<String> groups = samples.groups();
        List<String> subjects = all(groups, samples::subjects);
        List<CategoryChart> panels = new ArrayList<>();
        if (subjects.size() > 1) {
            for (String workload : all(groups, samples::workloads)) {
                Metric metric = groups.stream()
                        .flatMap(group -> subjects.stream().map(subject -> new Measured(group, workload, subject)))
                        .map(samples::main)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElseThrow();
                CategoryChart panel = panel(workload + " (" + metric.title() + ')');
                for (String subject : subjects) {
                    series(
                            panel,
                            subject,
                            groups,
                            group -> samples.median(new Measured(group, workload, subject), metric));
                }
                panels.add(panel);
            }
        } else {
            for (String group : groups) {
                for (Metric metric : STEP_METRICS) {
                    if (samples.metrics(group).contains(metric)) {
                        CategoryChart panel = panel(group + " (" + metric.title() + ')');
                        panel.getStyler().setLegendVisible(false);
                        series(
                                panel,
                                metric.title(),
                                samples.workloads(group),
                                step -> samples.median(new Measured(group, step, subjects.getFirst()), metric));
                        panels.add(panel);
                    }
                }
            }
        }
        while (panels.size() % COLUMNS != 0) {
            CategoryChart empty = panel("");
            series(empty, " ", List.of(" "), _ -> 0);
            panels.add(empty);
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            BitmapEncoder.saveBitmap(panels, panels.size() / COLUMNS, COLUMNS, out, BitmapFormat.PNG);
        }
    }

    private static List<String> all(List<String> groups, Function<String, List<String>> ofGroup) {
        return groups.stream()
                .flatMap(group -> ofGroup.apply(group).stream())
                .distinct()
                .toList();
    }

    private static CategoryChart panel(String title) {
        CategoryChart panel = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .build();
        panel.getStyler().setYAxisDecimalPattern("#,##0.#").setLegendPosition(LegendPosition.OutsideE);
        return panel;
    }

    /// Without a bar where nothing was measured.
    private static void series(CategoryChart panel, String name, List<String> bars, ToDoubleFunction<String> number) {
        List<@Nullable Double> values = new ArrayList<>();
        for (String bar : bars) {
            double value = number.applyAsDouble(bar);
            values.add(Double.isNaN(value) ? null : value);
        }
        panel.addSeries(name, bars, values);
    }
}
