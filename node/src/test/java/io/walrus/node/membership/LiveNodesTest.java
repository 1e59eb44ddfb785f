package io.walrus.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.NodeReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveNodesTest {
    private static final long TIMEOUT_NS = 1_000_000_000L;
    private static final long LATER_NS = TIMEOUT_NS / 2;

    private final LiveNodes nodes = new LiveNodes(1, TIMEOUT_NS);

    @Test
    void aNodeIsDeadOnceItWasSilentForTheWholeTime() {
        nodes.heard(2, LogHealth.OK, 0);
        assertThat(nodes.isDead(2, TIMEOUT_NS - 1)).isFalse();
        assertThat(nodes.isDead(2, TIMEOUT_NS)).isTrue();
        nodes.heard(2, LogHealth.OK, TIMEOUT_NS);
        assertThat(nodes.isDead(2, TIMEOUT_NS)).isFalse();
    }

    @Test
    void aNodeWhoseLogFailedIsDeadAtOnceAndAFullOneIsNot() {
        nodes.heard(2, LogHealth.FAILED, 0);
        nodes.heard(3, LogHealth.FULL, 0);
        assertThat(nodes.isDead(2, 0)).isTrue();
        assertThat(nodes.isSilent(2, 0, TIMEOUT_NS)).isFalse();
        assertThat(nodes.isDead(3, 0)).isFalse();
    }

    @Test
    void thisNodeIsNeverSilentAndOneNobodyKnowsNeitherIs() {
        assertThat(nodes.isDead(1, 10 * TIMEOUT_NS)).isFalse();
        assertThat(nodes.isDead(9, 10 * TIMEOUT_NS)).isFalse();
    }

    /// Who has just come to lead the metadata has heard nobody, and must not take all for dead.
    @Test
    void aNewLeaderGivesEachNodeTheWholeTime() {
        nodes.heard(2, LogHealth.OK, 0);
        nodes.begin(Map.of(2L, 5 * TIMEOUT_NS, 3L, 5 * TIMEOUT_NS - LATER_NS));
        assertThat(nodes.isDead(2, 5 * TIMEOUT_NS + LATER_NS)).isFalse();
        assertThat(nodes.isDead(3, 5 * TIMEOUT_NS + LATER_NS))
                .as("silent before")
                .isTrue();
    }

    @Test
    void aNewNodeIsAliveFromThenOnAndAKnownOneIsNotHeardByThat() {
        nodes.watch(2, 0);
        nodes.watch(2, TIMEOUT_NS);
        assertThat(nodes.isDead(2, TIMEOUT_NS)).isTrue();
    }

    @Test
    void reportsTellOfAllNodesInOrder() {
        nodes.own(LogHealth.FULL);
        nodes.heard(3, LogHealth.OK, 0);
        nodes.heard(2, LogHealth.FAILED, TIMEOUT_NS);
        assertThat(nodes.reports(TIMEOUT_NS))
                .containsExactly(
                        new NodeReport(1, LogHealth.FULL, true, 0),
                        new NodeReport(2, LogHealth.FAILED, false, 0),
                        new NodeReport(3, LogHealth.OK, false, 1_000));
    }

    @Test
    void whatTheLeaderSaysIsWhoIsAliveAndWhoHasRoom() {
        List<NodeReport> told = List.of(
                new NodeReport(1, LogHealth.OK, true, 0),
                new NodeReport(2, LogHealth.FULL, true, 10),
                new NodeReport(3, LogHealth.OK, false, 5_000));
        nodes.told(told);
        assertThat(nodes.told()).isEqualTo(told);
        assertThat(nodes.live()).containsExactly(1L, 2L);
        assertThat(nodes.withRoom()).containsExactly(1L);
    }
}
