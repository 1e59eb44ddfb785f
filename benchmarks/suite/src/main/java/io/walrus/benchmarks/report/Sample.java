package io.walrus.benchmarks.report;

import java.util.List;
import java.util.Locale;

/// One number that was measured: a line of the file that all tables are made of.
///
/// @param time when, in UTC
/// @param group measurements that share a table
/// @param workload what was done; a row of the table
/// @param subject the program that did it; a row of its own within the workload
/// @param round in which the subjects took turns, counted from 0 over the whole file; only what was measured in the
/// same round, and so at about the same time, is put into proportion
record Sample(String time, String group, String workload, String subject, int round, Metric metric, double value) {
    static final String HEAD = "time,group,workload,subject,round,metric,value";

    Sample {
        if ((group + workload + subject).matches("(?s).*[,\n].*")) {
            throw new IllegalArgumentException("a name with a comma or a line end: " + workload + " of " + subject);
        }
    }

    String line() {
        return String.format(
                Locale.ROOT, "%s,%s,%s,%s,%d,%s,%.3f", time, group, workload, subject, round, metric, value);
    }

    /// Of such a line.
    ///
    /// @throws IllegalArgumentException if it is none
    static Sample of(String line) {
        List<String> fields = List.of(line.split(",", -1));
        if (fields.size() != 7) {
            throw new IllegalArgumentException("not as many columns as there should be");
        }
        return new Sample(
                fields.get(0),
                fields.get(1),
                fields.get(2),
                fields.get(3),
                Integer.parseInt(fields.get(4)),
                Metric.valueOf(fields.get(5)),
                Double.parseDouble(fields.get(6)));
    }
}
