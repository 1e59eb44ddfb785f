package io.walrus.benchmarks.scaling;

import io.walrus.benchmarks.Measurements;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// All steps that were measured on one day; what is measured again replaces what was measured before.
final class Points {
    private final Measurements<Point> points;

    private Points(Measurements<Point> points) {
        this.points = points;
    }

    /// @throws IOException also if the file is there and isn't one of ours, or was cut short
    static Points open(Path file) throws IOException {
        return new Points(Measurements.open(file, Point.HEAD, Point::of, Point::line));
    }

    void add(Point point) throws IOException {
        points.add(point);
    }

    /// The last of each step.
    private List<Point> last() {
        List<Point> last = new ArrayList<>();
        for (Point point : points.all()) {
            last.removeIf(point::isOfSameStep);
            last.add(point);
        }
        return last;
    }

    /// The names of the series of a dimension that were measured.
    List<String> series(Dimension dimension) {
        return last().stream()
                .filter(point -> point.dimension() == dimension)
                .map(Point::series)
                .distinct()
                .toList();
    }

    /// Steps from the smallest to the largest.
    List<Point> of(Dimension dimension, String series) {
        return last().stream()
                .filter(point ->
                        point.dimension() == dimension && point.series().equals(series))
                .sorted(Comparator.comparingLong(Point::value))
                .toList();
    }
}
