package io.walrus.benchmarks.compare;

import java.util.List;
import java.util.Locale;

/// One measurement, as it is kept: a line of the file all tables are made of.
///
/// @param p50Micros latency of the requests, not a number where there is none; so `p99Micros`
/// @param errors requests that were refused or got no answer
record Sample(
        String time,
        Setup setup,
        Metric metric,
        Candidate candidate,
        double value,
        double p50Micros,
        double p99Micros,
        long errors) {
    static final String HEAD = "time,setup,metric,server,value,p50_us,p99_us,errors";

    String line() {
        return String.format(
                Locale.ROOT,
                "%s,%s,%s,%s,%.2f,%.1f,%.1f,%d",
                time,
                setup,
                metric,
                candidate,
                value,
                p50Micros,
                p99Micros,
                errors);
    }

    static Sample parse(String line) {
        List<String> fields = List.of(line.split(",", -1));
        return new Sample(
                fields.get(0),
                Setup.valueOf(fields.get(1)),
                Metric.valueOf(fields.get(2)),
                Candidate.valueOf(fields.get(3)),
                Double.parseDouble(fields.get(4)),
                Double.parseDouble(fields.get(5)),
                Double.parseDouble(fields.get(6)),
                Long.parseLong(fields.get(7)));
    }
}
