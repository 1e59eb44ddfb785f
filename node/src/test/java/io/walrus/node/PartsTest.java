package io.walrus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.ClusterState;
import io.walrus.node.part.FlushedPart;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
    private final List<String> told = new ArrayList<>();
    private boolean isWaiting;
    private final Parts parts = new Parts(List.of(new Flushed("lower"), new Plain(), new Flushed("upper")));

    @Test
    void newsGoesFromTheFirstToTheLastAndIsFlushedFromTheLastToTheFirst() {
        parts.tick();
        parts.committed();
        parts.flush();
        assertThat(told)
                .containsExactly(
                        "lower ticks",
                        "plain ticks",
                        "upper ticks",
                        "lower hears of a commit",
                        "upper hears of a commit",
                        "upper is flushed",
                        "lower is flushed");
    }

    @Test
    void onlyThoseThatReactToTheMetadataHearOfIt() {
        parts.follow(ClusterState.EMPTY);
        assertThat(told).containsExactly("plain follows");
    }

    @Test
    void anyPartMayWaitForACommit() {
        assertThat(parts.isWaiting()).isFalse();
        isWaiting = true;
        assertThat(parts.isWaiting()).isTrue();
    }

    private final class Flushed implements FlushedPart {
        private final String name;

        Flushed(String name) {
            this.name = name;
        }

        @Override
        public void tick() {
            told.add(name + " ticks");
        }

        @Override
        public void committed() {
            told.add(name + " hears of a commit");
        }

        @Override
        public void flush() {
            told.add(name + " is flushed");
        }
    }

    private final class Plain implements Part, MetadataFollower {
        @Override
        public void tick() {
            told.add("plain ticks");
        }

        @Override
        public boolean isWaiting() {
            return isWaiting;
        }

        @Override
        public void follow(ClusterState before) {
            told.add("plain follows");
        }
    }
}
