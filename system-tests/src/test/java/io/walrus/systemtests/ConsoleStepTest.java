package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What a document shows is told from what it doesn't.
class ConsoleStepTest {
    @Test
    void theCommandsOfConsoleBlocksAreFound() {
        List<ConsoleStep> steps = ConsoleStep.of("""
                # Title
                ```sh
                $ not this
                ```
                ```console
                $ first
                one
                two
                $ second # a moment later
                ```
                $ nor this
                """);
        assertThat(steps)
                .containsExactly(
                        new ConsoleStep(6, "first", List.of("one", "two")),
                        new ConsoleStep(9, "second # a moment later", List.of()));
        assertThat(steps.getFirst().comesLater()).isFalse();
        assertThat(steps.getLast().comesLater()).isTrue();
    }

    @Test
    void aGapStandsForAnyNumberOfLines() {
        ConsoleStep step = new ConsoleStep(1, "x", List.of("a", ConsoleStep.GAP, "b"));
        assertThat(step.isShownBy(List.of("a", "b"))).isTrue();
        assertThat(step.isShownBy(List.of("a", "c", "b", "b"))).isTrue();
        assertThat(step.isShownBy(List.of("a", "b", "c"))).isFalse();
        assertThat(step.isShownBy(List.of("c", "a", "b"))).isFalse();
    }

    @Test
    void whatVariesIsNotCompared() {
        assertThat(Varying.leftOut(List.of(
                        "node 1 started (pid 4795, clients on 127.0.0.1:9091, log in /tmp/x/build/cluster/node1.log)",
                        "*1    active  yes    now      ok   1      2",
                        " 3    active  no     12 s ago  ok   0      2",
                        "        4096  GROUP 0 2026-12-01T04:20:00.166Z records=2 bytes=104 FORCED",
                        "       16432    CURSOR stream=1 sequence=3 2026-12-01T04:20:02.394Z segment=1 offset=1",
                        "node 3: 2 segments to go",
                        "2 of 2 entries stored, 19 bytes in 0.05 s (37 entries/s)")))
                .containsExactly(
                        "node 1 started (pid #, clients on 127.0.0.1:9091, log in build/cluster/node1.log)",
                        "1 active yes # ok 1 2",
                        "3 active no # ok 0 2",
                        "# CURSOR stream=1 sequence=3 # segment=1 offset=1",
                        "2 of 2 entries stored, 19 bytes in # s");
    }

    @Test
    void aDifferenceIsShownLineByLine() {
        assertThat(new ConsoleStep(1, "x", List.of("a", "b", "c")).difference(List.of("a", "d", "c")))
                .isEqualTo("  a\n- b\n+ d\n  c\n");
    }
}
