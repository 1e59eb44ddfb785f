package io.walrus.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    private Path folder;

    @Test
    void partsOfOneDayAreOneTable() throws IOException {
        Path file = folder.resolve("day.csv");
        add(Results.open(file), Metric.PUT_1, Candidate.WALRUS_FORCED, 300);
        add(Results.open(file), Metric.PUT_1, Candidate.WALRUS_FORCED, 100);
        add(Results.open(file), Metric.PUT_1, Candidate.WALRUS_FORCED, 200);
        add(Results.open(file), Metric.PUT_1, Candidate.REDIS_FORCED, 100);

        String report = Report.of(Results.open(file), "", "chart.png");

        assertThat(report)
                .contains("| Walrus, forced | 200 | 100 | 300 | entries/s |")
                .contains("to Redis, forced | 1.70× | 2.00× | yes |")
                .contains("Kafka, forced was not measured here.");
    }

    @Test
    void lessTimeIsBetter() throws IOException {
        Results results = Results.open(folder.resolve("day.csv"));
        results.add(sample(Setup.THREE_NODES, Metric.FAILOVER, Candidate.WALRUS_FORCED, 1000));
        results.add(sample(Setup.THREE_NODES, Metric.FAILOVER, Candidate.KAFKA_UNFORCED, 4000));

        assertThat(Report.of(results, "", "chart.png")).contains("to Kafka, not forced | 5.00× | 4.00× | no |");
    }

    private static void add(Results results, Metric metric, Candidate candidate, double value) throws IOException {
        results.add(sample(Setup.ONE_NODE, metric, candidate, value));
    }

    private static Sample sample(Setup setup, Metric metric, Candidate candidate, double value) {
        return new Sample("2026-01-01T00:00:00Z", setup, metric, candidate, value, Double.NaN, Double.NaN, 0);
    }
}
