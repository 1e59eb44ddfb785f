package io.walrus.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    private Path folder;

    @Test
    void partsOfOneDayAreOneTable() throws IOException {
        Path file = folder.resolve("day.csv");
        add(Results.open(file), 0, Metric.PUT_1, Candidate.WALRUS_FORCED, 300);
        add(Results.open(file), 1, Metric.PUT_1, Candidate.WALRUS_FORCED, 100);
        add(Results.open(file), 2, Metric.PUT_1, Candidate.WALRUS_FORCED, 200);
        add(Results.open(file), 2, Metric.PUT_1, Candidate.REDIS_FORCED, 100);

        String report = report(Results.open(file));

        assertThat(report)
                .contains("| Walrus, forced | 200 | 100 | 300 | entries/s |")
                .contains("to Redis, forced | 1.70× | 2.00× | 2.00× | 2.00× | yes |")
                .contains("Kafka, forced was not measured here.");
    }

    /// The disk is ten times as fast in one of the rounds.
    @Test
    void ratiosAreTakenWithinEachRound() throws IOException {
        Results results = Results.open(folder.resolve("day.csv"));
        double[] ours = {300, 2000, 250};
        double[] theirs = {100, 1000, 100};
        for (int round = 0; round < ours.length; round++) {
            add(results, round, Metric.PUT_1, Candidate.WALRUS_FORCED, ours[round]);
            add(results, round, Metric.PUT_1, Candidate.REDIS_FORCED, theirs[round]);
        }
        add(results, 3, Metric.PUT_1, Candidate.WALRUS_FORCED, 1);

        assertThat(report(results))
                .contains("to Redis, forced | 1.70× | 2.50× | 2.00× | 3.00× | yes |")
                .contains("| 2.50× (2.00× to 3.00×) |");
    }

    @Test
    void whatNoRoundMeasuredTogetherIsNotPutIntoProportion() throws IOException {
        Results results = Results.open(folder.resolve("day.csv"));
        add(results, 0, Metric.PUT_1, Candidate.WALRUS_FORCED, 300);
        add(results, 1, Metric.PUT_1, Candidate.REDIS_FORCED, 100);

        assertThat(report(results)).doesNotContain("to Redis, forced |").doesNotContain("× to ");
    }

    @Test
    void lessTimeIsBetter() throws IOException {
        Results results = Results.open(folder.resolve("day.csv"));
        results.add(sample(Setup.THREE_NODES, 0, Metric.FAILOVER, Candidate.WALRUS_FORCED, 1000));
        results.add(sample(Setup.THREE_NODES, 0, Metric.FAILOVER, Candidate.KAFKA_UNFORCED, 4000));

        assertThat(report(results)).contains("to Kafka, not forced | 5.00× | 4.00× | 4.00× | 4.00× | no |");
    }

    @Test
    void roundsGoOnFromThoseOfTheSameSetup() throws IOException {
        Path file = folder.resolve("day.csv");
        Results results = Results.open(file);
        assertThat(results.nextRound(Setup.ONE_NODE)).isZero();

        add(results, 4, Metric.PUT_1, Candidate.WALRUS_FORCED, 1);

        assertThat(Results.open(file).nextRound(Setup.ONE_NODE)).isEqualTo(5);
        assertThat(Results.open(file).nextRound(Setup.THREE_NODES)).isZero();
    }

    @Test
    void aFileWithOtherColumnsIsToBeRemoved() throws IOException {
        Path file = folder.resolve("day.csv");
        Files.writeString(file, "time,setup,metric,server,value,p50_us,p99_us,errors\n");

        assertThatThrownBy(() -> Results.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("remove it");
    }

    @Test
    void aLineCutShortIsNamed() throws IOException {
        Path file = folder.resolve("day.csv");
        add(Results.open(file), 0, Metric.PUT_1, Candidate.WALRUS_FORCED, 1);
        Files.writeString(file, Files.readString(file) + "2026-01-01T00:00:00Z,ONE_NO");

        assertThatThrownBy(() -> Results.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 3");
    }

    private static String report(Results results) {
        return Report.of(results, "", "", "chart.png");
    }

    private static void add(Results results, int round, Metric metric, Candidate candidate, double value)
            throws IOException {
        results.add(sample(Setup.ONE_NODE, round, metric, candidate, value));
    }

    private static Sample sample(Setup setup, int round, Metric metric, Candidate candidate, double value) {
        return new Sample("2026-01-01T00:00:00Z", setup, round, metric, candidate, value, Double.NaN, Double.NaN, 0);
    }
}
