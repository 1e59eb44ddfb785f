package io.walrus.node.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealRulesTest {
    private final SealRules rules = new SealRules();

    /// Half is enough for a seal, and more than half for an acknowledgement.
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "4, 2", "5, 3", "6, 3", "7, 4"})
    void halfOfTheReplicasOrMoreSeal(int replicas, int needed) {
        assertThat(rules.isSealQuorum(needed, replicas)).isTrue();
        assertThat(rules.isSealQuorum(needed - 1, replicas)).isFalse();
    }

    /// Whatever more than half of the replicas have acknowledged is on one of any half, and those that are not fenced
    /// are never more than half.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void anySealQuorumMeetsAnyMajority(int replicas) {
        int majority = replicas / 2 + 1;
        for (int fenced = 0; fenced <= replicas; fenced++) {
            if (rules.isSealQuorum(fenced, replicas)) {
                assertThat(fenced + majority).isGreaterThan(replicas);
                assertThat(replicas - fenced).isLessThan(majority);
            }
        }
    }
}
