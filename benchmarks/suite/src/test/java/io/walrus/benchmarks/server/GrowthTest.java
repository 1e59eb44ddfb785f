package io.walrus.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.Samples;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthTest {
    @TempDir
    private Path folder;

    @Test
    void tellsTheGreatestDropAndWhatGrowsFasterThanTheWork() throws IOException {
        Samples samples = Samples.open(folder.resolve("day.csv"));
        add(samples, 1, 1000, 2, 600);
        add(samples, 10, 900, 2.1, 601);
        add(samples, 100, 450, 4.2, 610);
        add(samples, 1000, 440, 4.3, 1510);

        assertThat(Growth.of(samples, "topics", false))
                .isEqualTo("Throughput drops most from 10 to 100: by 50 %;"
                        + " processor time for each request is 2.0 times as much from 10 to 100;"
                        + " each more takes 1,024 KiB of memory from 100 to 1000.");
    }

    @Test
    void saysNothingOfWhatStaysTheSame() throws IOException {
        Samples samples = Samples.open(folder.resolve("day.csv"));
        add(samples, 1, 10, 3, 600);
        assertThat(Growth.of(samples, "topics", false)).isEmpty();

        add(samples, 16, 100, 3.1, 600);

        assertThat(Growth.of(samples, "topics", false))
                .isEqualTo("Throughput never falls; each more takes 0 KiB of memory from 1 to 16.");
    }

    /// Larger entries are fewer, and each of them costs more.
    @Test
    void theWorkOfLargerEntriesIsTheirBytes() throws IOException {
        Samples samples = Samples.open(folder.resolve("day.csv"));
        add(samples, 100, 1000, 2, 600);
        add(samples, 1000, 500, 20, 600);

        assertThat(Growth.of(samples, "topics", true)).isEqualTo("Throughput never falls.");
    }

    private static void add(Samples samples, int step, double perSecond, double cpuMicros, double mib)
            throws IOException {
        var what = Growth.measured("topics", Integer.toString(step));
        samples.add(what, 0, Metric.RATE, perSecond);
        samples.add(what, 0, Metric.THROUGHPUT, perSecond * step / (1 << 20));
        samples.add(what, 0, Metric.SERVER_CPU, cpuMicros);
        samples.add(what, 0, Metric.ALL_MEMORY, mib);
    }
}
