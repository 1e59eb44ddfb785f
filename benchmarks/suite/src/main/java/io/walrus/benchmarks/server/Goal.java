package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.ResultTables;
import io.walrus.benchmarks.report.Samples;
import io.walrus.benchmarks.report.Spread;
import java.util.List;

/// What Walrus wants to reach.
///
/// @param atLeast how many times as good as the other one, as the median of the rounds
record Goal(Measured ours, Measured other, double atLeast) {
    private static final String KAFKA = "Kafka not forced";
    private static final String KAFKA_FORCED = "Kafka forced";
    private static final String JETSTREAM = "JetStream not forced";
    private static final String REDIS_FORCED = "Redis forced";

    private static List<Goal> all() {
        String put1 = ComparedWorkload.PUT_1;
        String put64 = ComparedWorkload.PUT_64;
        return List.of(
                goal(1, put1, put1, REDIS_FORCED, 1.7),
                goal(1, put1, put1, KAFKA_FORCED, 20),
                goal(1, put1, put1, KAFKA, 1),
                goal(1, put1, put1, JETSTREAM, 1),
                goal(1, put64, put64, REDIS_FORCED, 4),
                goal(1, put64, put64, KAFKA, 4),
                goal(3, put1, put1, KAFKA, 2),
                goal(3, put1, put1, JETSTREAM, 2),
                goal(3, put1, put1, KAFKA_FORCED, 10),
                goal(3, put64, put64, KAFKA, 5),
                goal(3, put64, put64, KAFKA_FORCED, 10),
                goal(1, ComparedWorkload.READ, ComparedWorkload.READ, KAFKA, 1),
                goal(3, ComparedWorkload.READ, ComparedWorkload.READ, KAFKA, 1),
                goal(1, ComparedWorkload.TOPICS, put64, Contestant.FORCED, 0.8),
                goal(3, ComparedWorkload.TOPICS, put64, Contestant.FORCED, 0.8),
                goal(3, ComparedWorkload.FAILOVER, ComparedWorkload.FAILOVER, KAFKA, 5),
                goal(1, ComparedWorkload.IDLE, ComparedWorkload.IDLE, KAFKA, 3),
                goal(1, ComparedWorkload.IDLE_MEMORY, ComparedWorkload.IDLE_MEMORY, KAFKA, 3),
                goal(3, ComparedWorkload.IDLE, ComparedWorkload.IDLE, KAFKA, 3),
                goal(3, ComparedWorkload.IDLE_MEMORY, ComparedWorkload.IDLE_MEMORY, KAFKA, 3));
    }

    private static Goal goal(int nodes, String ours, String theirs, String other, double atLeast) {
        String group = CompareCommand.group(nodes);
        return new Goal(new Measured(group, ours, Contestant.FORCED), new Measured(group, theirs, other), atLeast);
    }

    /// The table of all goals of which something was measured.
    static String table(Samples samples) {
        StringBuilder text = new StringBuilder("""

                ## What Walrus wants to reach

                Always forced to disk, with three nodes on a majority of them.

                | goal | wanted | reached | lowest round | highest round | |
                |---|---|---|---|---|---|
                """);
        for (Goal goal : all()) {
            Spread reached = samples.ratios(goal.ours, goal.other);
            if (reached != null) {
                boolean sameWorkload = goal.ours.workload().equals(goal.other.workload());
                ResultTables.row(
                        List.of(
                                goal.ours.group() + ": " + goal.ours.workload() + ", to "
                                        + (sameWorkload ? goal.other.subject() : goal.other.workload()),
                                Spread.times(goal.atLeast),
                                Spread.times(reached.median()),
                                Spread.times(reached.min()),
                                Spread.times(reached.max()),
                                reached.median() >= goal.atLeast ? "yes" : "no"),
                        text);
            }
        }
        return text.toString();
    }
}
