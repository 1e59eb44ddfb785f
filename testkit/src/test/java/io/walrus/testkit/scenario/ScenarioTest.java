package io.walrus.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The interpreter: what it reads, and what it prints below.
class ScenarioTest {
    private static final String START = "nodes 1 copies=1\nquietly register 1 logs\n";

    private static List<String> run(String commands) {
        return Scenario.run(START + commands).substring(START.length()).lines().toList();
    }

    @Test
    void whatHappensIsPrintedBelowTheCommand() {
        assertThat(run("put 1 logs a\n"))
                .containsExactly("put 1 logs a", "    1 stores logs/1: 1 record", "    1 answers PUT logs \"a\": OK");
    }

    @Test
    void commentsStayAndWhatHappenedTheLastTimeGoes() {
        assertThat(run("# why\n\nput 1 logs a\n    3 answers in vain\n"))
                .containsSubsequence("# why", "", "put 1 logs a", "    1 stores logs/1: 1 record")
                .doesNotContain("    3 answers in vain");
    }

    @Test
    void aTranscriptRunsToItself() {
        String transcript = Scenario.run(START + "put 1 logs a b\nget 1 logs\ntopic logs\ncopies logs\n");
        assertThat(Scenario.run(transcript)).isEqualTo(transcript);
    }

    @Test
    void quietCommandsPrintNothing() {
        assertThat(run("quietly put 1 logs a\nget 1 logs\n").subList(0, 2))
                .containsExactly("quietly put 1 logs a", "get 1 logs");
    }

    @Test
    void noTimePassesAfterAnAmpersand() {
        assertThat(run("put 1 logs a &\nput 1 logs b\n"))
                .startsWith("put 1 logs a &", "put 1 logs b", "    1 stores logs/1: 2 records");
    }

    @Test
    void payloadsAreMadeByTheDozenAndAbridged() {
        assertThat(run("put 1 logs 2x300\n"))
                .contains(
                        "    1 answers PUT logs \"1xxxxxxx…\" (300 bytes): OK",
                        "    1 answers PUT logs \"2xxxxxxx…\" (300 bytes): OK");
    }

    @Test
    void topicsAndCopiesAreShownAsTheyAre() {
        assertThat(Scenario.run(
                                "nodes 1 copies=1 entries=1\nquietly register 1 logs\nquietly put 1 logs a\ntopic logs\n")
                        .lines()
                        .skip(4))
                .containsExactly("    logs/1 is sealed: 1 record, 1 entry, on 1", "    logs/2 is open: led by 1, on 1");
        assertThat(run("quietly put 1 logs a\ncopies logs\n")).endsWith("    logs/1: 1 has 1");
    }

    @Test
    void aCommandThatMakesNoSenseIsNamedWithItsLine() {
        for (String wrong : List.of(
                "frobnicate 1",
                "put 9 logs a",
                "topic nothing",
                "hold 1-2",
                "run soon",
                "put 1",
                "damage 1 logs/1",
                "nodes 1 colour=red")) {
            assertThatThrownBy(() -> run(wrong + "\n"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("line 3, " + wrong + ": ");
        }
    }

    @Test
    void nothingRunsBeforeThereAreNodes() {
        assertThatThrownBy(() -> Scenario.run("put 1 logs a\n")).hasMessageContaining("the first command is: nodes");
    }
}
