package io.walrus.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.Samples;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoalTest {
    @TempDir
    private Path folder;

    @Test
    void goalsOfWhatWasMeasuredAreCompared() throws IOException {
        Samples samples = Samples.open(folder.resolve("day.csv"));
        add(samples, 1, ComparedWorkload.PUT_1, Contestant.FORCED, Metric.RATE, 200);
        add(samples, 1, ComparedWorkload.PUT_1, "Redis forced", Metric.RATE, 100);
        add(samples, 3, ComparedWorkload.FAILOVER, Contestant.FORCED, Metric.MILLIS, 1000);
        add(samples, 3, ComparedWorkload.FAILOVER, "Kafka not forced", Metric.MILLIS, 4000);
        add(samples, 3, ComparedWorkload.PUT_64, Contestant.FORCED, Metric.RATE, 100);
        add(samples, 3, ComparedWorkload.TOPICS, Contestant.FORCED, Metric.RATE, 90);

        assertThat(Goal.table(samples))
                .contains("to Redis forced | 1.70× | 2.00× | 2.00× | 2.00× | yes |")
                .contains("to Kafka not forced | 5.00× | 4.00× | 4.00× | 4.00× | no |")
                .contains("three nodes: put 16×64 into 100 topics, to put 16×64 | 0.80× | 0.90× |")
                .doesNotContain("JetStream");
    }

    private static void add(Samples samples, int nodes, String workload, String subject, Metric metric, double value)
            throws IOException {
        samples.add(new Measured(CompareCommand.group(nodes), workload, subject), 0, metric, value);
    }
}
