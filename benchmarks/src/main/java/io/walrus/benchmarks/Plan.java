package io.walrus.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/// How a comparison is run.
///
/// @param work folder for data, on the disk to be measured
/// @param rounds how often each contender is measured; they take turns
/// @param warmUpSeconds seconds before each measurement
/// @param seconds seconds of each measurement
/// @param workload part of the titles of the workloads wanted; empty for all
/// @param out takes lines that say how far it is
public record Plan(Path work, int rounds, int warmUpSeconds, int seconds, String workload, PrintWriter out) {
    public boolean wants(String title) {
        return title.contains(workload);
    }

    /// The options it was made of, for who wants to repeat it.
    public String options() {
        return String.format(Locale.ROOT, "--rounds %d --warm-up %d --seconds %d", rounds, warmUpSeconds, seconds);
    }

    public void say(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }
}
