package io.walrus.benchmarks.report;

import java.util.List;
import java.util.Locale;

/// One number that was measured: a line of the file that all tables are made of.
///
/// @param time when, in UTC
/// @param round in which the subjects took turns, counted from 0 over the whole file; only what was measured in the
/// same round, and so at about the same time, is put into proportion
record Sample(String time, Measured what, int round, Metric metric, double value) {
    static final String HEAD = "time,group,workload,subject,round,metric,value";
    private static final int COLUMNS = HEAD.split(",", -1).length;

    String line() {
        String line = String.format(
                Locale.ROOT,
                "%s,%s,%s,%s,%d,%s,%.3f",
                time,
                what.group(),
                what.workload(),
                what.subject(),
                round,
                metric,
                value);
        if (line.split("[,\n]", -1).length != COLUMNS) {
            throw new IllegalArgumentException("a name with a comma or a line end: " + what);
        }
        return line;
    }

    /// Of such a line.
    ///
    /// @throws IllegalArgumentException if it is none
    static Sample of(String line) {
        List<String> fields = List.of(line.split(",", -1));
        if (fields.size() != COLUMNS) {
            throw new IllegalArgumentException("not as many columns as there should be");
        }
        return new Sample(
                fields.get(0),
                new Measured(fields.get(1), fields.get(2), fields.get(3)),
                Integer.parseInt(fields.get(4)),
                Metric.valueOf(fields.get(5)),
                Double.parseDouble(fields.get(6)));
    }
}
