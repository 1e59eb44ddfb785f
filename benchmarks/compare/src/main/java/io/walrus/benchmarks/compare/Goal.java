package io.walrus.benchmarks.compare;

import java.util.List;

/// What Walrus wants to reach.
///
/// @param atLeast how many times as good as the other one, as the median of the rounds
record Goal(Setup setup, Metric metric, Candidate ours, Metric otherMetric, Candidate other, double atLeast) {
    private static final Candidate OURS = Candidate.WALRUS_FORCED;

    static List<Goal> all() {
        return List.of(
                one(Metric.PUT_1, Candidate.REDIS_FORCED, 1.7),
                one(Metric.PUT_1, Candidate.KAFKA_FORCED, 20),
                one(Metric.PUT_1, Candidate.KAFKA_UNFORCED, 1),
                one(Metric.PUT_1, Candidate.JETSTREAM, 1),
                one(Metric.PUT_64, Candidate.REDIS_FORCED, 4),
                one(Metric.PUT_64, Candidate.KAFKA_UNFORCED, 4),
                three(Metric.PUT_1, Candidate.KAFKA_UNFORCED, 2),
                three(Metric.PUT_1, Candidate.JETSTREAM, 2),
                three(Metric.PUT_1, Candidate.KAFKA_FORCED, 10),
                three(Metric.PUT_64, Candidate.KAFKA_UNFORCED, 5),
                three(Metric.PUT_64, Candidate.KAFKA_FORCED, 10),
                one(Metric.READ, Candidate.KAFKA_UNFORCED, 1),
                three(Metric.READ, Candidate.KAFKA_UNFORCED, 1),
                new Goal(Setup.ONE_NODE, Metric.TOPICS_64, OURS, Metric.PUT_64, OURS, 0.8),
                new Goal(Setup.THREE_NODES, Metric.TOPICS_64, OURS, Metric.PUT_64, OURS, 0.8),
                three(Metric.FAILOVER, Candidate.KAFKA_UNFORCED, 5),
                one(Metric.IDLE_CPU, Candidate.KAFKA_UNFORCED, 3),
                one(Metric.IDLE_MEMORY, Candidate.KAFKA_UNFORCED, 3),
                three(Metric.IDLE_CPU, Candidate.KAFKA_UNFORCED, 3),
                three(Metric.IDLE_MEMORY, Candidate.KAFKA_UNFORCED, 3));
    }

    private static Goal one(Metric metric, Candidate other, double atLeast) {
        return new Goal(Setup.ONE_NODE, metric, OURS, metric, other, atLeast);
    }

    private static Goal three(Metric metric, Candidate other, double atLeast) {
        return new Goal(Setup.THREE_NODES, metric, OURS, metric, other, atLeast);
    }
}
