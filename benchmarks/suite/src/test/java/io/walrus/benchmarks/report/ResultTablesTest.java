package io.walrus.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTablesTest {
    private static final Measured OURS = new Measured("one node", "put", "ours");
    private static final Measured THEIRS = OURS.by("theirs");

    @TempDir
    private Path folder;

    private Path file = Path.of("day.csv");

    @BeforeEach
    void chooseAFile() {
        file = folder.resolve("day.csv");
    }

    @Test
    void partsOfOneDayAreOneTable() throws IOException {
        Samples.open(file).add(OURS, 0, Metric.RATE, 300);
        Samples.open(file).add(OURS, 1, Metric.RATE, 100);
        Samples.open(file).add(OURS, 2, Metric.RATE, 200);
        Samples.open(file).add(THEIRS, 2, Metric.RATE, 100);

        assertThat(text(Samples.open(file)))
                .contains("## One node", "| workload | subject | requests/s | ours is | rounds |")
                .contains("| put | ours | 200 (100 to 300) |  | 3 |", "| put | theirs | 100 | 2.00× | 1 |");
    }

    /// The disk is ten times as fast in one of the rounds.
    @Test
    void ratiosAreTakenWithinEachRound() throws IOException {
        Samples samples = Samples.open(file);
        double[] ours = {300, 2000, 250};
        double[] theirs = {100, 1000, 100};
        for (int round = 0; round < ours.length; round++) {
            samples.add(OURS, round, Metric.RATE, ours[round]);
            samples.add(THEIRS, round, Metric.RATE, theirs[round]);
        }
        samples.add(OURS, 3, Metric.RATE, 1);

        assertThat(text(samples)).contains("| 2.50× (2.00× to 3.00×) | 3 |");
    }

    @Test
    void whatNoRoundMeasuredTogetherIsNotPutIntoProportion() throws IOException {
        Samples samples = Samples.open(file);
        samples.add(OURS, 0, Metric.RATE, 300);
        samples.add(THEIRS, 1, Metric.RATE, 100);

        assertThat(text(samples)).doesNotContain("×");
    }

    @Test
    void lessTimeIsBetter() throws IOException {
        Samples samples = Samples.open(file);
        samples.add(OURS, 0, Metric.MILLIS, 1000);
        samples.add(THEIRS, 0, Metric.MILLIS, 4000);

        assertThat(text(samples)).contains("| put | theirs | 4,000 | 4.00× | 1 |");
    }

    @Test
    void roundsGoOnFromThoseOfTheSameGroup() throws IOException {
        assertThat(Samples.open(file).nextRound("one node")).isZero();

        Samples.open(file).add(OURS, 4, Metric.RATE, 1);

        assertThat(Samples.open(file).nextRound("one node")).isEqualTo(5);
        assertThat(Samples.open(file).nextRound("three nodes")).isZero();
    }

    @Test
    void stepsThatAreNumbersStandInTheirOrder() throws IOException {
        Samples samples = Samples.open(file);
        for (String step : List.of("100", "10", "1000")) {
            samples.add(new Measured("topics", step, "ours"), 0, Metric.RATE, 1);
        }

        assertThat(samples.workloads("topics")).containsExactly("10", "100", "1000");
    }

    @Test
    void aFileThatWasCutShortIsNotTakenForMeasurements() throws IOException {
        Samples.open(file).add(OURS, 0, Metric.RATE, 300);
        Files.writeString(file, Files.readString(file) + "2026-01-01T00:00:00Z,one node,pu");

        assertThatThrownBy(() -> Samples.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 3");
    }

    @Test
    void aFileOfOtherColumnsIsLeftAlone() throws IOException {
        Files.writeString(file, "time,setup\n");

        assertThatThrownBy(() -> Samples.open(file)).hasMessageContaining("other columns");
    }

    @Test
    void theChartIsDrawnForOneSubjectAndForSeveral() throws IOException {
        Samples samples = Samples.open(file);
        samples.add(OURS, 0, Metric.RATE, 300);
        ResultChart.write(samples, folder.resolve("one.png"));
        samples.add(THEIRS, 0, Metric.RATE, 300);
        ResultChart.write(samples, folder.resolve("two.png"));

        assertThat(folder.resolve("one.png")).isNotEmptyFile();
        assertThat(folder.resolve("two.png")).isNotEmptyFile();
    }

    private static String text(Samples samples) {
        return new ResultTables("Title", "- facts\n", "Introduction.\n", List.of("ours")).text(samples, "chart.png");
    }
}
