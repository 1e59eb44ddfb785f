package io.walrus.node.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MetadataViewTest {
    private static final UUID DISK = new UUID(1, 1);
    private static final UUID THIS_RUN = new UUID(2, 2);
    private static final UUID EARLIER_RUN = new UUID(2, 1);

    private final MetadataView view = new MetadataView(new Replica(1, DISK), THIS_RUN);

    @Test
    void knowsNothingBeforeTheFirstState() {
        assertThat(view.version()).isEqualTo(-1);
        view.follow(ClusterState.EMPTY);
        assertThat(view.version()).isZero();
    }

    /// What was decided before this run was known may have been said to an earlier one.
    @Test
    void isCurrentOnceItShowsThisRunAndWasSoWithTheChangeAfter() {
        ClusterState cluster = ClusterState.EMPTY
                .apply(new Command.InitCluster(new UUID(4, 4)))
                .state();
        ClusterState earlier = with(cluster, EARLIER_RUN);
        view.follow(earlier);
        assertThat(view.isCurrent()).isFalse();

        ClusterState current = with(earlier, THIS_RUN);
        view.follow(current);
        assertThat(view.isCurrent()).isTrue();
        assertThat(view.wasCurrent()).isFalse();

        // A late word of the earlier run changes nothing about what is known.
        view.follow(with(current, EARLIER_RUN));
        assertThat(view.isCurrent()).isTrue();
        assertThat(view.wasCurrent()).isTrue();
    }

    private static ClusterState with(ClusterState state, UUID bootId) {
        return state.apply(new Command.UpsertNode(new NodeInfo(1, "a:1", "b:1", DISK, bootId)))
                .state();
    }
}
