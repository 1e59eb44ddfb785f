package io.walrus.benchmarks.scaling;

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
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// The tables and the chart.
final class Report {
    private static final int WIDTH = 1640;
    private static final Color COLOR = new Color(0x1B6CA8);

    /// A column of the chart.
    private record Column(String title, ToDoubleFunction<Point> value) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("requests/s", Point::perSecond),
            new Column("99th percentile, µs", Point::p99Micros),
            new Column("memory of all nodes, MiB", Point::allMib),
            new Column("processor time, µs per request", Point::cpuMicros));

    private Report() {}

    /// @param facts of the machine, as list items
    /// @param command that measured the last part of it
    /// @param picture name of the chart's file
    static String of(Points points, String facts, String command, String picture) {
        StringBuilder text = new StringBuilder("# How the cost grows\n\n")
                .append(facts)
                .append(String.format(
                        Locale.ROOT,
                        """
                - command: `%s`

                One thing grows, all else stays as it is: one topic, one node, %d connections with %d requests under way on each,
                entries of %d bytes, forced to disk (`--fsync group`). Each step has new nodes on empty folders. *Disk* is a synchronous
                write of 4 KiB just before the step: where it differs, so may the rest. Memory is what the system counts as
                resident after the load, of the node that has most and of all. Processor time is that of all nodes together.
                What is measured is in the [description](../README.md#how-the-cost-grows).

                ![chart](%s)
                """,
                        command,
                        Dimension.BASE_CONNECTIONS,
                        Dimension.BASE_DEPTH,
                        Dimension.BASE_BYTES,
                        picture));
        for (Dimension dimension : Dimension.values()) {
            for (String series : points.series(dimension)) {
                table(text, dimension, series, points.of(dimension, series));
            }
        }
        return text.toString();
    }

    private static void table(StringBuilder text, Dimension dimension, String series, List<Point> points) {
        text.append(String.format(Locale.ROOT, """

                ## %s

                """, title(dimension, series)));
        if (points.size() > 1) {
            text.append(Growth.of(dimension, points)).append(".\n\n");
        }
        text.append("""
                | step | under way | requests/s | MiB/s | p50 µs | p99 µs | memory MiB | of all | CPU µs per request | registered in s | disk µs | errors |
                |---|---|---|---|---|---|---|---|---|---|---|---|
                """);
        for (Point point : points) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %d |%n",
                    point.name(),
                    point.underWay() == 0 ? "" : String.format(Locale.ROOT, "%,d", point.underWay()),
                    BarChart.number(point.perSecond()),
                    BarChart.number(point.mibPerSecond()),
                    BarChart.number(point.p50Micros()),
                    BarChart.number(point.p99Micros()),
                    BarChart.number(point.highestMib()),
                    BarChart.number(point.allMib()),
                    BarChart.number(point.cpuMicros()),
                    BarChart.number(point.registerSeconds()),
                    BarChart.number(point.syncMicros()),
                    point.errors()));
        }
    }

    private static String title(Dimension dimension, String series) {
        String title = dimension.title() + (series.isEmpty() ? "" : ": " + series);
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    /// A row for each series.
    static void chart(Points points, Path file) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Dimension dimension : Dimension.values()) {
            for (String series : points.series(dimension)) {
                List<Panel> panels = new ArrayList<>();
                for (int column = 0; column < COLUMNS.size(); column++) {
                    List<Bar> bars = new ArrayList<>();
                    for (Point point : points.of(dimension, series)) {
                        double value = COLUMNS.get(column).value().applyAsDouble(point);
                        if (!Double.isNaN(value)) {
                            bars.add(new Bar(point.name(), COLOR, new Spread(value, value, value)));
                        }
                    }
                    panels.add(new Panel(column, column == 0 ? title(dimension, series) : "", bars));
                }
                rows.add(new Row(panels));
            }
        }
        BarChart.write(COLUMNS.stream().map(Column::title).toList(), rows, WIDTH, file);
    }
}
