package io.walrus.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.node.part.Now;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private final Now now = new Now();
    private final Lease lease = new Lease(now, 1_000);

    @Test
    void isNotHeldBeforeAnyoneConfirmedIt() {
        assertThat(holdsAt(0)).isFalse();
        assertThat(holdsAt(-1)).isFalse();
        assertThat(lease.isSyncedSince(-1)).isFalse();
    }

    @Test
    void lastsFromWhenTheQuestionWasSent() {
        lease.answered(5_000, 7, 7);
        assertThat(holdsAt(5_999)).isTrue();
        assertThat(holdsAt(6_000)).isFalse();
        assertThat(lease.isSyncedSince(5_000)).isTrue();
        assertThat(lease.isSyncedSince(5_001)).isFalse();
    }

    @Test
    void isNotHeldBeforeThisNodeKnowsWhatTheOneWhoAnsweredKnew() {
        lease.answered(5_000, 7, 6);
        assertThat(holdsAt(5_100)).isFalse();
        lease.applied(6);
        assertThat(holdsAt(5_100)).isFalse();
        lease.applied(7);
        assertThat(holdsAt(5_100)).isTrue();
        assertThat(holdsAt(6_000)).isFalse();
    }

    @Test
    void isRenewedThoughChangesComeFasterThanThisNodeFollows() {
        lease.answered(5_000, 7, 6);
        lease.answered(5_100, 9, 6);
        lease.applied(7);
        assertThat(holdsAt(5_200)).isTrue();
        assertThat(holdsAt(6_050)).isFalse();
    }

    @Test
    void tellsWhetherThisNodeHasYetToFollow() {
        lease.answered(5_000, 7, 7);
        assertThat(lease.isBehind()).isFalse();
        lease.answered(5_100, 8, 7);
        assertThat(lease.isBehind()).isTrue();
        lease.applied(8);
        assertThat(lease.isBehind()).isFalse();
    }

    @Test
    void aWrappedClockIsNoTrouble() {
        now.set(0, Long.MAX_VALUE - 10);
        lease.renew();
        assertThat(holdsAt(Long.MIN_VALUE + 100)).isTrue();
        assertThat(holdsAt(Long.MIN_VALUE + 2_000)).isFalse();
    }

    private boolean holdsAt(long timeNs) {
        now.set(0, timeNs);
        return lease.holds();
    }
}
