package io.walrus.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.Replica;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.NodeReport;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LiveNodesTest {
    private static final long TIMEOUT_NS = 1_000_000_000L;
    private static final long LATER_NS = TIMEOUT_NS / 2;

    private final Now now = new Now();
    private final LiveNodes nodes =
            new LiveNodes(new MetadataView(new Replica(1, new UUID(1, 1)), new UUID(3, 1)), now, TIMEOUT_NS);

    @Test
    void aNodeIsDeadOnceItWasSilentForTheWholeTime() {
        heardAt(2, LogHealth.OK, 0);
        assertThat(isAliveAt(2, TIMEOUT_NS - 1)).isTrue();
        assertThat(isAliveAt(2, TIMEOUT_NS)).isFalse();
        heardAt(2, LogHealth.OK, TIMEOUT_NS);
        assertThat(isAliveAt(2, TIMEOUT_NS)).isTrue();
    }

    @Test
    void aNodeWhoseLogFailedIsDeadAtOnceAndAFullOneIsNot() {
        heardAt(2, LogHealth.FAILED, 0);
        heardAt(3, LogHealth.FULL, 0);
        assertThat(isAliveAt(2, 0)).isFalse();
        assertThat(nodes.silentFor(2)).isZero();
        assertThat(isAliveAt(3, 0)).isTrue();
    }

    @Test
    void aStalledNodeIsDeadUntilItIsWellAgain() {
        heardAt(2, LogHealth.STALLED, 0);
        assertThat(isAliveAt(2, 0)).isFalse();
        heardAt(2, LogHealth.OK, 1);
        assertThat(isAliveAt(2, 1)).isTrue();
    }

    /// Without a leader of the metadata nobody says anything about the others any more.
    @Test
    void whatNobodyConfirmsAnyMoreGrowsOld() {
        NodeReport self = new NodeReport(1, LogHealth.OK, true, 0);
        List<NodeReport> said = List.of(self, new NodeReport(2, LogHealth.OK, true, 100));
        now.set(0, 0);
        nodes.follow(said);
        now.set(0, TIMEOUT_NS - 1);
        assertThat(nodes.reports()).isEqualTo(said);
        now.set(0, 3 * TIMEOUT_NS);
        assertThat(nodes.reports()).containsExactly(self, new NodeReport(2, LogHealth.OK, false, 3_100));
    }

    @Test
    void thisNodeIsNeverSilentAndOneNobodyKnowsNeitherIs() {
        assertThat(isAliveAt(1, 10 * TIMEOUT_NS)).isTrue();
        assertThat(isAliveAt(9, 10 * TIMEOUT_NS)).isTrue();
    }

    /// A node that has just come to lead the metadata has heard nobody, and must not take all for dead.
    @Test
    void aNewLeaderGivesEachNodeTheWholeTime() {
        heardAt(2, LogHealth.OK, 0);
        nodes.begin(Map.of(2L, 5 * TIMEOUT_NS, 3L, 5 * TIMEOUT_NS - LATER_NS));
        assertThat(isAliveAt(2, 5 * TIMEOUT_NS + LATER_NS)).isTrue();
        assertThat(isAliveAt(3, 5 * TIMEOUT_NS + LATER_NS)).as("silent before").isFalse();
    }

    @Test
    void aNewNodeIsAliveFromThenOnAndAKnownOneIsNotHeardByThat() {
        now.set(0, 0);
        nodes.add(2);
        now.set(0, TIMEOUT_NS);
        nodes.add(2);
        assertThat(isAliveAt(2, TIMEOUT_NS)).isFalse();
    }

    @Test
    void reportsTellOfAllNodesInOrder() {
        nodes.own(LogHealth.FULL);
        heardAt(3, LogHealth.OK, 0);
        heardAt(2, LogHealth.FAILED, TIMEOUT_NS);
        assertThat(nodes.count())
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
        nodes.follow(told);
        assertThat(nodes.reports()).isEqualTo(told);
        assertThat(nodes.live()).containsExactly(1L, 2L);
        assertThat(nodes.withRoom()).containsExactly(1L);
    }

    private void heardAt(long node, LogHealth log, long atNs) {
        now.set(0, atNs);
        nodes.heard(node, log);
    }

    private boolean isAliveAt(long node, long atNs) {
        now.set(0, atNs);
        return nodes.isAlive(node);
    }
}
