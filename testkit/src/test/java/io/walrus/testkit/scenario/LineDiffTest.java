package io.walrus.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineDiffTest {
    @Test
    void linesThatDifferAreMarked() {
        assertThat(LineDiff.of(List.of("a", "b", "c"), List.of("a", "x", "c", "d")))
                .isEqualTo("  a\n- b\n+ x\n  c\n+ d\n");
    }

    @Test
    void linesFarFromAnyDifferenceAreLeftOut() {
        List<String> before = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
        List<String> now = IntStream.range(0, 20)
                .mapToObj(i -> i == 10 ? "x" : Integer.toString(i))
                .toList();
        assertThat(LineDiff.of(before, now)).isEqualTo("  …\n  7\n  8\n  9\n- 10\n+ x\n  11\n  12\n  13\n  …\n");
    }

    @Test
    void equalTextsHaveNoDifference() {
        assertThat(LineDiff.of(List.of("a"), List.of("a"))).isEqualTo("  …\n");
    }
}
