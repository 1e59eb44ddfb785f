package io.walrus.benchmarks.engine;

import static io.walrus.benchmarks.engine.LogKind.CHANNEL;
import static io.walrus.benchmarks.engine.LogKind.CHRONICLE;
import static io.walrus.benchmarks.engine.LogKind.ENGINE;
import static io.walrus.benchmarks.engine.LogKind.LIBRARY;
import static io.walrus.benchmarks.engine.LogKind.ROCKSDB;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One row group of the table.
///
/// @param benchmark the class with JMH's annotations
/// @param parameters those that are the same for all contenders
/// @param contenders ours first; the others are put in relation to them
record EngineWorkload(String title, Class<?> benchmark, Map<String, String> parameters, List<Contender> contenders) {
    /// A log, and what kind of threads append to it.
    record Contender(LogKind kind, boolean virtualThreads) {
        String title() {
            return kind.title() + (virtualThreads ? " on virtual threads" : "");
        }
    }

    static List<EngineWorkload> all() {
        List<Contender> one = contenders(LIBRARY, ROCKSDB, CHRONICLE, CHANNEL);
        List<Contender> all = contenders(LIBRARY, ENGINE, ROCKSDB, CHRONICLE, CHANNEL);
        List<Contender> many = List.of(
                new Contender(LIBRARY, false),
                new Contender(LIBRARY, true),
                new Contender(ROCKSDB, false),
                new Contender(CHRONICLE, false),
                new Contender(CHANNEL, false),
                new Contender(CHANNEL, true));
        return List.of(
                append("append durable 1 appender", true, 1, false, one),
                append("append durable 16 appenders", true, 16, false, many),
                append("append durable 256 appenders", true, 256, false, many),
                append("append not forced 1 appender", false, 1, false, all),
                append("append not forced batches of 100", false, 1, true, all),
                new EngineWorkload("read in order", ReadBenchmark.class, Map.of(), all),
                new EngineWorkload(
                        "recovery of 1 GiB", RecoveryBenchmark.class, Map.of(), contenders(ENGINE, ROCKSDB)));
    }

    private static EngineWorkload append(
            String title, boolean forced, int appenders, boolean batches, List<Contender> contenders) {
        Map<String, String> parameters = Map.of(
                "forced", Boolean.toString(forced),
                "appenders", Integer.toString(appenders),
                "batches", Boolean.toString(batches));
        return new EngineWorkload(title, AppendBenchmark.class, parameters, contenders);
    }

    /// All parameters of the benchmark.
    Map<String, String> parameters(Contender contender) {
        Map<String, String> all = new HashMap<>(parameters);
        all.put("kind", contender.kind().name());
        if (benchmark == AppendBenchmark.class) {
            all.put("virtualThreads", Boolean.toString(contender.virtualThreads()));
        }
        return all;
    }

    /// Whether it takes a time instead of a rate.
    boolean recovers() {
        return benchmark == RecoveryBenchmark.class;
    }

    private static List<Contender> contenders(LogKind... kinds) {
        return List.of(kinds).stream().map(kind -> new Contender(kind, false)).toList();
    }
}
