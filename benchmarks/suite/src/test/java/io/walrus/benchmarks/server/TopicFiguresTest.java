package io.walrus.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicFiguresTest {
    @Test
    void readsWhatStateSays() {
        assertThat(TopicFigures.of("""
                        {"current_segment":12,"leader_node":2,"current_segment_entries":5,"topic":"t",
                        "replicas":{"12":[2,3,1],"7":[1,2]}}""")).isEqualTo(new TopicFigures(2, 12, 5, 3, List.of(7L, 12L)));
    }

    @Test
    void whatIsNotToldIsMarked() {
        assertThat(TopicFigures.of("{\"current_segment\":1,\"leader_node\":null}"))
                .isEqualTo(new TopicFigures(-1, 1, -1, 0, List.of()));
    }
}
