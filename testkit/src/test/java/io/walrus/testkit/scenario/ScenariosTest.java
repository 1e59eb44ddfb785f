package io.walrus.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The golden scenarios: what nodes say and do is what their transcripts say.
class ScenariosTest {
    private static final String REWRITE = "walrus.scenarios.rewrite";
    private static final Path FOLDER = Path.of("../node/src/test/scenarios");

    static Stream<Path> scenarios() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void theTranscriptIsWhatHappens(Path file) throws IOException {
        String golden = Files.readString(file);
        String now = Scenario.run(golden);
        if (Boolean.getBoolean(REWRITE)) {
            Files.writeString(file, now);
        } else if (!now.equals(golden)) {
            fail(
                    "%s is not what happens any more (-: in the file, +: now).%n%s%nIf that is meant, make scenarios REWRITE=true (-D%s=true) writes it down; read the diff."
                            .formatted(
                                    file.getFileName(),
                                    LineDiff.of(
                                            golden.lines().toList(), now.lines().toList()),
                                    REWRITE));
        }
    }

    @Test
    void twoRunsAreTheSame() throws IOException {
        List<Path> files = scenarios().toList();
        assertThat(files).isNotEmpty();
        String script = Files.readString(files.getFirst());
        assertThat(Scenario.run(script)).isEqualTo(Scenario.run(script));
    }
}
