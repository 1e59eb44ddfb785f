package io.walrus.benchmarks.engine;

import static io.walrus.benchmarks.engine.LogKind.CHANNEL;
import static io.walrus.benchmarks.engine.LogKind.CHRONICLE;
import static io.walrus.benchmarks.engine.LogKind.ROCKSDB;
import static io.walrus.benchmarks.engine.LogKind.WALRUS;

import java.util.List;

/// One row group of the table.
///
/// @param benchmark the method with JMH's annotation
/// @param threads that run it
/// @param contenders ours first; the others are put in relation to them
record EngineWorkload(String title, String benchmark, boolean forced, int threads, List<Contender> contenders) {
    private static final String RECOVERY = "RecoveryBenchmark.recover";

    /// A log, and what kind of threads append to it.
    record Contender(LogKind kind, boolean virtualThreads) {
        String title() {
            return kind.title() + (virtualThreads ? " on virtual threads" : "");
        }
    }

    static List<EngineWorkload> all() {
        List<Contender> all = contenders(WALRUS, ROCKSDB, CHRONICLE, CHANNEL);
        // The bare file forces one entry after the other. Native code would hold the carrier of a virtual thread.
        List<Contender> many = List.of(
                new Contender(WALRUS, false),
                new Contender(WALRUS, true),
                new Contender(ROCKSDB, false),
                new Contender(CHRONICLE, false));
        return List.of(
                new EngineWorkload("append durable 1 appender", "LogBenchmark.append", true, 1, all),
                new EngineWorkload("append durable 16 appenders", "LogBenchmark.append", true, 16, many),
                new EngineWorkload("append durable 256 appenders", "LogBenchmark.append", true, 256, many),
                new EngineWorkload("append not forced 1 appender", "LogBenchmark.append", false, 1, all),
                new EngineWorkload("append not forced batches of 100", "LogBenchmark.appendBatch", false, 1, all),
                new EngineWorkload("read in order", "LogBenchmark.read", false, 1, all),
                new EngineWorkload("recovery of 1 GiB", RECOVERY, false, 1, contenders(WALRUS, ROCKSDB)));
    }

    /// The method that JMH is to run.
    String benchmark(Contender contender) {
        return contender.virtualThreads() ? "LogBenchmark.appendFromVirtualThreads" : benchmark;
    }

    /// Whether it takes a time instead of a rate.
    boolean recovers() {
        return benchmark.equals(RECOVERY);
    }

    private static List<Contender> contenders(LogKind... kinds) {
        return List.of(kinds).stream().map(kind -> new Contender(kind, false)).toList();
    }
}
