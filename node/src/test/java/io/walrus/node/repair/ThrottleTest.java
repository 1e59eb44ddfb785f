package io.walrus.node.repair;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleTest {
    private static final long MS = 1_000_000;
    private static final long BLOCK_BYTES = 256 << 10;

    @ParameterizedTest
    @ValueSource(longs = {1_000, 1 << 20, 64 << 20, 1L << 40})
    void overTimeItLetsAsMuchThroughAsItShould(long bytesPerSecond) {
        Throttle throttle = new Throttle(bytesPerSecond);
        long block = Math.min(BLOCK_BYTES, bytesPerSecond);
        long seconds = 100;
        long copied = 0;
        for (long now = -50_000 * MS; now < (seconds * 1_000 - 50_000) * MS; now += 50 * MS) {
            for (int i = 0; i < 1_000 && throttle.isOpen(now); i++) {
                throttle.used(block);
                copied += block;
            }
        }
        long most = Math.min(bytesPerSecond * seconds, 1_000 * block * 20 * seconds);
        assertThat(copied).isBetween(most * 95 / 100, most + bytesPerSecond + block);
    }

    @Test
    void whatWasNotUsedForLongIsNotMadeUpFor() {
        Throttle throttle = new Throttle(1_000);
        assertThat(throttle.isOpen(0)).isTrue();
        throttle.used(250);
        assertThat(throttle.isOpen(3_600_000 * MS)).isTrue();
        throttle.used(250);
        assertThat(throttle.isOpen(3_600_000 * MS)).isFalse();
    }

    @Test
    void zeroIsNoLimit() {
        Throttle throttle = new Throttle(0);
        throttle.used(Long.MAX_VALUE);
        assertThat(throttle.isOpen(0)).isTrue();
    }
}
