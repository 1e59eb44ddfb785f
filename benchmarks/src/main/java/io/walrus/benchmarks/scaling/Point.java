package io.walrus.benchmarks.scaling;

import java.util.List;
import java.util.Locale;

/// What was measured at one step, as it is kept: a line of the file the tables are made of.
///
/// @param label of the step where it isn't a number that grows; empty else
/// @param underWay requests, on all connections together
/// @param perSecond requests
/// @param mibPerSecond of entries
/// @param highestMib resident memory of the node that has most, after the load
/// @param allMib resident memory of all nodes together
/// @param cpuMicros processor time of all nodes per request; not a number where it isn't told, as all that follows
/// @param registerSeconds what it took to register the topics
/// @param syncMicros a synchronous write to the disk just before
record Point(
        Dimension dimension,
        String series,
        long value,
        String label,
        int underWay,
        double perSecond,
        double mibPerSecond,
        double p50Micros,
        double p99Micros,
        double highestMib,
        double allMib,
        double cpuMicros,
        double registerSeconds,
        double syncMicros,
        long errors) {
    static final String HEAD = "dimension,series,value,label,under_way,per_second,mib_per_second,p50_us,p99_us,"
            + "highest_rss_mib,all_rss_mib,cpu_us,register_s,disk_us,errors";

    String line() {
        return String.format(
                Locale.ROOT,
                "%s,%s,%d,%s,%d,%.1f,%.3f,%.1f,%.1f,%.1f,%.1f,%.3f,%.3f,%.0f,%d",
                dimension,
                series,
                value,
                label,
                underWay,
                perSecond,
                mibPerSecond,
                p50Micros,
                p99Micros,
                highestMib,
                allMib,
                cpuMicros,
                registerSeconds,
                syncMicros,
                errors);
    }

    /// Of the values of such a line.
    ///
    /// @throws IllegalArgumentException if they are none
    static Point of(List<String> fields) {
        return new Point(
                Dimension.valueOf(fields.get(0)),
                fields.get(1),
                Long.parseLong(fields.get(2)),
                fields.get(3),
                Integer.parseInt(fields.get(4)),
                Double.parseDouble(fields.get(5)),
                Double.parseDouble(fields.get(6)),
                Double.parseDouble(fields.get(7)),
                Double.parseDouble(fields.get(8)),
                Double.parseDouble(fields.get(9)),
                Double.parseDouble(fields.get(10)),
                Double.parseDouble(fields.get(11)),
                Double.parseDouble(fields.get(12)),
                Double.parseDouble(fields.get(13)),
                Long.parseLong(fields.get(14)));
    }

    boolean isOfSameStep(Point other) {
        return dimension == other.dimension
                && series.equals(other.series)
                && value == other.value
                && label.equals(other.label);
    }

    String name() {
        return label.isEmpty() ? String.format(Locale.ROOT, "%,d", value) : label;
    }
}
