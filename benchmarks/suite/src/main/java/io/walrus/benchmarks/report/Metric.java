package io.walrus.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.AbstractHistogram;

/// A quantity that is measured. Tables show them in this order.
public enum Metric {
    RATE("requests/s"),
    THROUGHPUT("MiB/s"),
    P50("p50 µs"),
    P99("p99 µs"),
    P999("p99.9 µs"),
    MAX("max µs"),
    MILLIS("ms"),
    SECONDS("s"),
    /// Processor time of all server processes together, per request.
    SERVER_CPU("server CPU µs"),
    /// Processor time of the load program's threads, per request.
    LOAD_CPU("load CPU µs"),
    /// Of one core.
    CPU_SHARE("CPU %"),
    /// Resident memory of a node: the mean of the nodes, or of the one that has most.
    MEMORY("memory MiB"),
    ALL_MEMORY("memory of all MiB"),
    /// Heap that the JVM allocated per entry.
    HEAP("heap bytes"),
    REGISTERED("registered in s"),
    /// A synchronous write of 4 KiB just before.
    DISK("disk µs"),
    ERRORS("errors");

    private final String title;

    Metric(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    public static Map<Metric, Double> percentiles(AbstractHistogram latenciesNs) {
        Map<Metric, Double> numbers = new LinkedHashMap<>();
        numbers.put(P50, latenciesNs.getValueAtPercentile(50) / 1e3);
        numbers.put(P99, latenciesNs.getValueAtPercentile(99) / 1e3);
        return numbers;
    }

    /// How many times as good ours is: more requests, or less of anything else.
    double ratio(double ours, double theirs) {
        return this == RATE || this == THROUGHPUT ? ours / theirs : theirs / ours;
    }
}
