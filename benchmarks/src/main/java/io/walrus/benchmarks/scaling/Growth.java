package io.walrus.benchmarks.scaling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// What grows faster than the work does, in one line for each series.
final class Growth {
    /// By how much processor time per request may differ between two steps that cost the same.
    private static final double NOISE = 1.25;

    private Growth() {}

    /// @param points of one series, from the smallest to the largest; two at least
    static String of(Dimension dimension, List<Point> points) {
        return dimension == Dimension.BACKLOG ? ofBacklog(points) : ofSteps(dimension, points);
    }

    private static String ofSteps(Dimension dimension, List<Point> points) {
        ToDoubleFunction<Point> work = dimension == Dimension.SIZES ? Point::mibPerSecond : Point::perSecond;
        List<String> parts = new ArrayList<>();
        Change drop = Change.greatest(points, point -> 1 / work.applyAsDouble(point));
        parts.add(
                drop.factor() <= 1
                        ? "throughput never falls"
                        : String.format(
                                Locale.ROOT,
                                "greatest drop in throughput: %.0f %% %s",
                                100 - 100 / drop.factor(),
                                drop.between()));
        Change cpu = Change.greatest(
                points, point -> point.cpuMicros() / (dimension == Dimension.SIZES ? point.value() : 1));
        if (cpu.factor() > NOISE) {
            parts.add(String.format(
                    Locale.ROOT,
                    "processor time per %s is %.1f times as much %s",
                    dimension == Dimension.SIZES ? "byte" : "request",
                    cpu.factor(),
                    cpu.between()));
        }
        if (dimension != Dimension.SIZES) {
            memory(points, parts);
        }
        return String.join("; ", parts);
    }

    /// What each further topic, node or connection takes.
    private static void memory(List<Point> points, List<String> parts) {
        double before = Double.NaN;
        for (int i = 1; i < points.size(); i++) {
            Point from = points.get(i - 1);
            Point to = points.get(i);
            double eachKib = (to.allMib() - from.allMib()) * 1024 / (to.value() - from.value());
            boolean matters = to.allMib() > NOISE * from.allMib();
            if (matters || i == points.size() - 1) {
                parts.add(String.format(
                        Locale.ROOT,
                        "%,.0f KiB of memory for each more %s%s",
                        eachKib,
                        new Change(1, from, to).between(),
                        matters && eachKib > NOISE * before ? ", which is more than before" : ""));
            }
            before = eachKib;
        }
    }

    private static String ofBacklog(List<Point> points) {
        Point quiet = labelled(points, Backlog.QUIET);
        Point meanwhile = labelled(points, Backlog.MEANWHILE);
        Point first = points.getFirst();
        return String.format(
                Locale.ROOT,
                "the 99th percentile of puts is %.1f times as long while the backlog is read; memory goes from %,.0f MiB"
                        + " after it was put to %,.0f MiB after it was read",
                meanwhile.p99Micros() / quiet.p99Micros(),
                first.highestMib(),
                points.getLast().highestMib());
    }

    private static Point labelled(List<Point> points, String label) {
        return points.stream()
                .filter(point -> point.label().equals(label))
                .findFirst()
                .orElse(points.getLast());
    }

    /// How many times as much the later of two neighbouring steps has of something.
    private record Change(double factor, Point from, Point to) {
        static Change greatest(List<Point> points, ToDoubleFunction<Point> quantity) {
            Change greatest = new Change(0, points.getFirst(), points.getFirst());
            for (int i = 1; i < points.size(); i++) {
                double factor = quantity.applyAsDouble(points.get(i)) / quantity.applyAsDouble(points.get(i - 1));
                if (factor > greatest.factor()) {
                    greatest = new Change(factor, points.get(i - 1), points.get(i));
                }
            }
            return greatest;
        }

        String between() {
            return "from " + from.name() + " to " + to.name();
        }
    }
}
