package io.walrus.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.NodeReport;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.Silence;
import io.walrus.node.peer.Terms;
import io.walrus.node.port.MetadataPort;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final UUID CLUSTER = new UUID(1, 1);

    private final Now now = new Now();
    private final MetadataView view = new MetadataView(new Replica(2, new UUID(2, 2)), new UUID(3, 2));
    private final Peers peers =
            new Peers(view, now, _ -> new Silence(), SECOND_NS, 3 * SECOND_NS, new Terms(1_000, 3, 2_000, 1_000));
    private final LiveNodes live = new LiveNodes(view, now, SECOND_NS);
    private final Heartbeats heartbeats =
            new Heartbeats(new Leader(), peers, live, new Lease(now, SECOND_NS), view, now);

    @Test
    void aNewLeaderThatIsAskedBeforeItsFirstTickLeavesNobodyOut() {
        ClusterState state =
                ClusterState.EMPTY.apply(new Command.InitCluster(CLUSTER)).state();
        for (long id = 1; id <= 3; id++) {
            state = state.apply(new Command.UpsertNode(
                            new NodeInfo(id, "a:" + id, "b:" + id, new UUID(2, id), new UUID(3, id))))
                    .state();
        }
        view.follow(state);
        peers.follow(ClusterState.EMPTY);
        Peer one = Objects.requireNonNull(peers.find(1));

        heartbeats.sync(one, new PeerMessage.Sync(0, LogHealth.OK));

        assertThat(heartbeats.leadsMetadata()).isTrue();
        assertThat(live.reports())
                .extracting(NodeReport::nodeId, NodeReport::isAlive)
                .containsExactly(tuple(1L, true), tuple(2L, true), tuple(3L, true));
    }

    /// This node leads the metadata.
    private static final class Leader implements MetadataPort {
        @Override
        public void propose(Command command, ProposalReply reply) {}

        @Override
        public boolean leads() {
            return true;
        }

        @Override
        public void yieldLead() {}

        @Override
        public long leaderId() {
            return 2;
        }

        @Override
        public boolean isMember(long nodeId) {
            return true;
        }

        @Override
        public void removeMember(long nodeId, RemovalReply reply) {}
    }
}
