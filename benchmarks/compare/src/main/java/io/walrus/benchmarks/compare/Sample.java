package io.walrus.benchmarks.compare;

import java.util.List;
import java.util.Locale;

/// One measurement, as it is kept: a line of the file all tables are made of.
///
/// @param round in which the systems took turns, counted from 0 over the whole day; only what was measured in the same
/// round, and so at about the same time, is put into proportion
/// @param p50Micros latency of the requests, not a number where there is none; so `p99Micros`
/// @param errors requests that were refused or got no answer
record Sample(
        String time,
        Setup setup,
        int round,
        Metric metric,
        Candidate candidate,
        double value,
        double p50Micros,
        double p99Micros,
        long errors) {
    static final String HEAD = "time,setup,round,metric,server,value,p50_us,p99_us,errors";

    String line() {
        return String.format(
                Locale.ROOT,
                "%s,%s,%d,%s,%s,%.2f,%.1f,%.1f,%d",
                time,
                setup,
                round,
                metric,
                candidate,
                value,
                p50Micros,
                p99Micros,
                errors);
    }

    /// Of the values of such a line.
    ///
    /// @throws IllegalArgumentException if they are none
    static Sample of(List<String> fields) {
        return new Sample(
                fields.get(0),
                Setup.valueOf(fields.get(1)),
                Integer.parseInt(fields.get(2)),
                Metric.valueOf(fields.get(3)),
                Candidate.valueOf(fields.get(4)),
                Double.parseDouble(fields.get(5)),
                Double.parseDouble(fields.get(6)),
                Double.parseDouble(fields.get(7)),
                Long.parseLong(fields.get(8)));
    }
}
