package io.walrus.benchmarks.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthTest {
    @Test
    void tellsTheGreatestDropAndWhatGrowsFasterThanTheWork() {
        String line = Growth.of(
                Dimension.TOPICS,
                List.of(
                        point(1, 1000, 2, 600),
                        point(10, 900, 2.1, 601),
                        point(100, 450, 4.2, 610),
                        point(1000, 440, 4.3, 1510)));

        assertThat(line)
                .contains("greatest drop in throughput: 50 % from 10 to 100")
                .contains("processor time per request is 2.0 times as much from 10 to 100")
                .contains("1,024 KiB of memory for each more from 100 to 1,000, which is more than before");
    }

    @Test
    void saysNothingOfWhatStaysTheSame() {
        assertThat(Growth.of(Dimension.CONNECTIONS, List.of(point(1, 10, 3, 600), point(16, 100, 3.1, 600))))
                .isEqualTo("throughput never falls; 0 KiB of memory for each more from 1 to 16");
    }

    /// Larger entries are fewer, and each of them costs more.
    @Test
    void theWorkOfLargerEntriesIsTheirBytes() {
        assertThat(Growth.of(Dimension.SIZES, List.of(point(100, 1000, 2, 600), point(1000, 500, 20, 600))))
                .isEqualTo("throughput never falls");
    }

    private static Point point(long value, double perSecond, double cpuMicros, double mib) {
        double mibPerSecond = perSecond * value / (1 << 20);
        return new Point(
                Dimension.TOPICS, "", value, "", 1024, perSecond, mibPerSecond, 1, 1, mib, mib, cpuMicros, 0, 0, 0);
    }
}
