package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.systemtests.node.Stamp;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The check that the cluster tests rely on finds what it is there to find.
class LogCheckTest {
    private static final Pattern SPACE = Pattern.compile(" ");

    private final History history = new History("t", "w");

    /// 0 and 1 acknowledged, 2 unknown, 3 refused, 4 acknowledged.
    @BeforeEach
    void write() {
        for (int i = 0; i < 5; i++) {
            history.send();
        }
        history.acknowledged(0);
        history.acknowledged(1);
        history.refused(3);
        history.acknowledged(4);
    }

    @ParameterizedTest
    @CsvSource({"0 1 4", "0 1 2 4", "2 0 1 4", "0 1 4 2"})
    void whatMayBeIsLetThrough(String numbers) {
        assertThatCode(() -> check(numbers)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "0 1, missing",
        "0 1 4 1, found before",
        "0 1 2 4 2, found before",
        "1 0 4, sent after it",
        "0 4 1, sent after it",
        "0 1 3 4, it was refused",
        "0 1 4 5, nobody wrote it",
    })
    void whatMustNotBeIsFound(String numbers, String fault) {
        assertThatThrownBy(() -> check(numbers))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(fault);
    }

    @Test
    void entriesOfAStrangerOrOfAnotherTopicAreFound() {
        LogCheck stranger = new LogCheck("t", List.of(history));
        List.of(0, 1, 4).forEach(number -> stranger.accept(new Stamp("w", number)));
        stranger.accept(new Stamp("x", 0));
        assertThatThrownBy(stranger::finish).hasMessageContaining("nobody wrote it");

        LogCheck elsewhere = new LogCheck("other", List.of(history));
        elsewhere.accept(new Stamp("w", 0));
        assertThatThrownBy(elsewhere::finish).hasMessageContaining("nobody wrote it");
    }

    private void check(String numbers) {
        LogCheck check = new LogCheck("t", List.of(history));
        SPACE.splitAsStream(numbers)
                .map(number -> new Stamp("w", Integer.parseInt(number)))
                .forEach(check::accept);
        check.finish();
    }
}
