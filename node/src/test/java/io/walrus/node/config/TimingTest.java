package io.walrus.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.protocol.ReplyTimes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimingTest {
    /// How late a reply may be for reasons that are nobody's: a slow network, a pause of the node.
    private static final Duration LATE = Duration.ofSeconds(2);

    @Test
    void aNodeSaysWhatItKnowsBeforeItsClientGivesUpOnIt() {
        Duration latest = ReplyTimes.NODE_PATIENCE.plusNanos(Timing.FORWARD_GRACE_NS + 2 * Timing.TICK_NS);
        assertThat(latest.plus(LATE)).isLessThan(ReplyTimes.CLIENT_PATIENCE);
    }
}
