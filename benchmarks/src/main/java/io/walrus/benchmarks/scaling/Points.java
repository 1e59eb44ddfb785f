package io.walrus.benchmarks.scaling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// All that was measured on one day, in a file that grows with each step: it can be measured in parts, and what is
/// measured again replaces what was measured before.
final class Points {
    private final Path file;
    private final List<Point> points = new ArrayList<>();

    private Points(Path file) {
        this.file = file;
    }

    /// @throws IOException also if the file is there and isn't one of ours, or was cut short
    static Points open(Path file) throws IOException {
        Points points = new Points(file);
        if (Files.exists(file)) {
            points.load(Files.readAllLines(file));
        } else {
            Files.writeString(file, Point.HEAD + '\n');
        }
        return points;
    }

    private void load(List<String> lines) throws IOException {
        if (lines.isEmpty() || !lines.getFirst().equals(Point.HEAD)) {
            throw new IOException(file + " has other columns than are written now: remove it, and measure anew");
        }
        for (int i = 1; i < lines.size(); i++) {
            try {
                keep(Point.parse(lines.get(i)));
            } catch (IllegalArgumentException _) {
                throw new IOException(file + ": line " + (i + 1) + " is no measurement: remove the line or the file");
            }
        }
    }

    void add(Point point) throws IOException {
        keep(point);
        Files.writeString(file, point.line() + '\n', StandardOpenOption.APPEND);
    }

    private void keep(Point point) {
        points.removeIf(point::isOfSameStep);
        points.add(point);
    }

    /// The names of the series of a dimension that were measured.
    List<String> series(Dimension dimension) {
        return points.stream()
                .filter(point -> point.dimension() == dimension)
                .map(Point::series)
                .distinct()
                .toList();
    }

    /// Steps from the smallest to the largest.
    List<Point> of(Dimension dimension, String series) {
        return points.stream()
                .filter(point ->
                        point.dimension() == dimension && point.series().equals(series))
                .sorted(Comparator.comparingLong(Point::value))
                .toList();
    }
}
