package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.BarChart;
import io.walrus.benchmarks.BarChart.Bar;
import io.walrus.benchmarks.BarChart.Panel;
import io.walrus.benchmarks.BarChart.Row;
import io.walrus.benchmarks.Spread;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The same as bars: the median, and a line from the lowest to the highest round.
final class Chart {
    private static final List<Setup> SETUPS = List.of(Setup.values());
    private static final int WIDTH = 1280;

    private Chart() {}

    /// A column for each setup, a row for each metric.
    static void write(Results results, Path file) throws IOException {
        BarChart.write(SETUPS.stream().map(Setup::title).toList(), rows(results), WIDTH, file);
    }

    private static List<Row> rows(Results results) {
        List<Row> rows = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            List<Panel> panels = new ArrayList<>();
            for (int column = 0; column < SETUPS.size(); column++) {
                List<Bar> bars = new ArrayList<>();
                for (Candidate candidate : Candidate.values()) {
                    Series series = results.series(SETUPS.get(column), metric, candidate);
                    if (series != null) {
                        bars.add(new Bar(
                                candidate.title(),
                                color(candidate),
                                new Spread(
                                        series.lowest().value(),
                                        series.value(),
                                        series.highest().value())));
                    }
                }
                if (!bars.isEmpty()) {
                    panels.add(new Panel(column, metric.title() + " (" + metric.unit() + ")", bars));
                }
            }
            if (!panels.isEmpty()) {
                rows.add(new Row(panels));
            }
        }
        return rows;
    }

    /// One hue for each system, lighter where nothing is forced.
    private static Color color(Candidate candidate) {
        return switch (candidate) {
            case WALRUS_FORCED -> new Color(0x1B6CA8);
            case WALRUS_UNFORCED -> new Color(0x8FBDE0);
            case KAFKA_FORCED -> new Color(0x555B66);
            case KAFKA_UNFORCED -> new Color(0xB4B9C2);
            case JETSTREAM -> new Color(0xA6D49A);
            case REDIS_FORCED -> new Color(0xC0392B);
            case REDIS_UNFORCED -> new Color(0xECA9A1);
        };
    }
}
