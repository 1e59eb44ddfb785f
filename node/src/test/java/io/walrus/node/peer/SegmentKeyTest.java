package io.walrus.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentKeyTest {
    private static final SegmentKey KEY = new SegmentKey(7, 1L << 40);

    @Test
    void bothCopiesOfASegmentHaveKeysOfTheirOwnThatNameIt() {
        assertThat(KEY.encode()).isNotEqualTo(KEY.encodeSecond());
        assertThat(SegmentKey.decode(KEY.encode())).isEqualTo(KEY);
        assertThat(SegmentKey.decode(KEY.encodeSecond())).isEqualTo(KEY);
        assertThat(SegmentKey.isSecond(KEY.encode())).isFalse();
        assertThat(SegmentKey.isSecond(KEY.encodeSecond())).isTrue();
    }

    /// Stored keys are never changed.
    @Test
    void theLayoutIsFixed() {
        assertThat(new SegmentKey(1, 2).encode()).containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2);
    }

    @Test
    void keysOfAnotherKindOrLengthAreRefused() {
        byte[] other = KEY.encode();
        other[0] = 3;
        for (byte[] key : List.of(other, Arrays.copyOf(KEY.encode(), 16), new byte[0])) {
            assertThatThrownBy(() -> SegmentKey.decode(key))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no segment");
        }
    }
}
