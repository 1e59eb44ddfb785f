package io.walrus.benchmarks.compare;

/// What is compared.
enum Metric {
    PUT_1("put, 16 connections, 1 under way on each", "entries/s", false),
    PUT_64("put, 16 connections, 64 under way on each", "entries/s", false),
    TOPICS_64("put into 100 topics, 16 connections, 64 under way on each", "entries/s", false),
    READ("read back, one connection", "entries/s", false),
    LATENCY_P50("put to get at 500/s, median", "µs", true),
    LATENCY_P99("put to get at 500/s, 99th percentile", "µs", true),
    FAILOVER("kill -9 of the leader to the next acknowledged write", "ms", true),
    BOOT("start of the processes to the first topic", "ms", true),
    IDLE_CPU("idle: processor time of a node", "% of a core", true),
    IDLE_MEMORY("idle: resident memory of a node", "MiB", true),
    LOADED_MEMORY("resident memory of a node after the puts", "MiB", true);

    private final String title;
    private final String unit;
    private final boolean lessIsBetter;

    Metric(String title, String unit, boolean lessIsBetter) {
        this.title = title;
        this.unit = unit;
        this.lessIsBetter = lessIsBetter;
    }

    String title() {
        return title;
    }

    String unit() {
        return unit;
    }

    /// How many times as good ours is: more entries, or less time or memory.
    double ratio(double ours, double theirs) {
        return lessIsBetter ? theirs / ours : ours / theirs;
    }
}
