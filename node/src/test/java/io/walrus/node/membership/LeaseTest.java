package io.walrus.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseTest {
    private final Lease lease = new Lease(1_000);

    @Test
    void isNotHeldBeforeAnyoneConfirmedIt() {
        assertThat(lease.holds(0)).isFalse();
        assertThat(lease.holds(-1)).isFalse();
        assertThat(lease.isSyncedSince(-1)).isFalse();
    }

    @Test
    void lastsFromWhenTheQuestionWasSent() {
        lease.answered(5_000, 7, 7);
        assertThat(lease.holds(5_999)).isTrue();
        assertThat(lease.holds(6_000)).isFalse();
        assertThat(lease.isSyncedSince(5_000)).isTrue();
        assertThat(lease.isSyncedSince(5_001)).isFalse();
    }

    @Test
    void isNotHeldBeforeThisNodeKnowsWhatTheOneWhoAnsweredKnew() {
        lease.answered(5_000, 7, 6);
        assertThat(lease.holds(5_100)).isFalse();
        lease.applied(6);
        assertThat(lease.holds(5_100)).isFalse();
        lease.applied(7);
        assertThat(lease.holds(5_100)).isTrue();
        assertThat(lease.holds(6_000)).isFalse();
    }

    @Test
    void isRenewedThoughChangesComeFasterThanThisNodeFollows() {
        lease.answered(5_000, 7, 6);
        lease.answered(5_100, 9, 6);
        lease.applied(7);
        assertThat(lease.holds(5_200)).isTrue();
        assertThat(lease.holds(6_050)).isFalse();
    }

    @Test
    void aWrappedClockIsNoTrouble() {
        lease.confirmed(Long.MAX_VALUE - 10);
        assertThat(lease.holds(Long.MIN_VALUE + 100)).isTrue();
        assertThat(lease.holds(Long.MIN_VALUE + 2_000)).isFalse();
    }
}
