package io.walrus.benchmarks.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PointsTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsMeasuredAgainReplacesWhatWasMeasuredBefore() throws IOException {
        Path file = folder.resolve("day.csv");
        Points.open(file).add(point(10, 1));
        Points.open(file).add(point(1, 2));
        Points.open(file).add(point(10, 3));

        assertThat(Points.open(file).of(Dimension.TOPICS, "one node"))
                .extracting(Point::perSecond)
                .containsExactly(2.0, 3.0);
    }

    @Test
    void aFileWithOtherColumnsIsToBeRemoved() throws IOException {
        Path file = folder.resolve("day.csv");
        Files.writeString(file, "dimension,value\n");

        assertThatThrownBy(() -> Points.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("remove it");
    }

    /// The separator of the file must not be in a name.
    @Test
    void noNameHasAComma() {
        for (Dimension dimension : Dimension.values()) {
            assertThat(dimension.all(java.util.List.of(1L)))
                    .allSatisfy(step -> assertThat(step.series()).doesNotContain(","));
        }
    }

    private static Point point(long value, double perSecond) {
        return new Point(Dimension.TOPICS, "one node", value, "", 16, perSecond, 0, 1, 1, 1, 1, 1, Double.NaN, 0, 0);
    }
}
