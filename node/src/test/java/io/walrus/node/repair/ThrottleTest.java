package io.walrus.node.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.node.part.Now;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleTest {
    private static final long MS = 1_000_000;
    private static final long BLOCK_BYTES = 256 << 10;

    private final Now now = new Now();

    @ParameterizedTest
    @ValueSource(longs = {1_000, 1 << 20, 64 << 20, 1L << 40})
    void overTimeItLetsAsMuchThroughAsItShould(long bytesPerSecond) {
        Throttle throttle = new Throttle(now, bytesPerSecond);
        long block = Math.min(BLOCK_BYTES, bytesPerSecond);
        long seconds = 100;
        long copied = 0;
        for (long at = -50_000 * MS; at < (seconds * 1_000 - 50_000) * MS; at += 50 * MS) {
            for (int i = 0; i < 1_000 && isOpenAt(at, throttle); i++) {
                throttle.used(block);
                copied += block;
            }
        }
        long most = Math.min(bytesPerSecond * seconds, 1_000 * block * 20 * seconds);
        assertThat(copied).isBetween(most * 95 / 100, most + bytesPerSecond + block);
    }

    @Test
    void whatWasNotUsedForLongIsNotMadeUpFor() {
        Throttle throttle = new Throttle(now, 1_000);
        assertThat(isOpenAt(0, throttle)).isTrue();
        throttle.used(250);
        assertThat(isOpenAt(3_600_000 * MS, throttle)).isTrue();
        throttle.used(250);
        assertThat(isOpenAt(3_600_000 * MS, throttle)).isFalse();
    }

    @Test
    void zeroIsNoLimit() {
        Throttle throttle = new Throttle(now, 0);
        throttle.used(Long.MAX_VALUE);
        assertThat(isOpenAt(0, throttle)).isTrue();
    }

    private boolean isOpenAt(long timeNs, Throttle throttle) {
        now.set(0, timeNs);
        return throttle.isOpen();
    }
}
