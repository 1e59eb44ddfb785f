package io.walrus.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.benchmarks.report.Metric;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class MeterTest {
    private final Meter meter = new Meter(List.of());

    @Test
    void whatComesBeforeTheMeasurementIsNotCounted() throws Exception {
        meter.completed(50, 9_000_000);
        Thread load = Thread.ofPlatform().start(() -> {
            Awaitility.await().until(meter::isMeasuring);
            meter.completed(100, 2_000_000);
            meter.refused("not now");
            meter.refused("nor then");
            meter.end();
        });

        Map<Metric, Double> numbers = meter.measure(Meter.SECOND_NS, 60);
        load.join();

        assertThat(meter.completed()).isEqualTo(100);
        assertThat(numbers.get(Metric.RATE)).isPositive();
        assertThat(numbers.get(Metric.MAX)).isBetween(2_000.0, 2_010.0);
        assertThat(numbers.get(Metric.ERRORS)).isEqualTo(2);
        assertThat(numbers.get(Metric.SERVER_CPU)).isNaN();
        assertThat(meter.firstError()).isEqualTo("not now");
    }
}
