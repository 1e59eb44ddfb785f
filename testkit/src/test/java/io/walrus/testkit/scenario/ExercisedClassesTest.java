package io.walrus.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// No class of the node is without an example: a golden scenario that says that it exercises it, or a unit test.
class ExercisedClassesTest {
    private static final Path NODE = Path.of("../node/src");
    private static final String EXERCISES = "# exercises:";
    private static final int SMALL_LINES = 80;

    @Test
    void eachClassThatIsNotSmallIsNamedInAScenarioOrAUnitTest() throws IOException {
        Set<String> named = exercised();
        named.addAll(unitTested());
        assertThat(sources(NODE.resolve("main/java"))
                        .filter(file -> lines(file).size() > SMALL_LINES)
                        .map(ExercisedClassesTest::className)
                        .filter(name -> !named.contains(name)))
                .as("classes of the node without an example: name them in the header of a scenario")
                .isEmpty();
    }

    @Test
    void scenariosNameClassesThatThereAre() throws IOException {
        Set<String> all = sources(NODE.resolve("main/java"))
                .map(ExercisedClassesTest::className)
                .collect(Collectors.toSet());
        assertThat(exercised()).isSubsetOf(all);
    }

    private static Set<String> exercised() throws IOException {
        Set<String> named = new TreeSet<>();
        for (Path file : ScenariosTest.scenarios().toList()) {
            List<String> headers = lines(file).stream()
                    .filter(line -> line.startsWith(EXERCISES))
                    .toList();
            assertThat(headers).as("%s says once what it exercises", file).hasSize(1);
            Arrays.stream(headers.getFirst().substring(EXERCISES.length()).split(","))
                    .map(String::strip)
                    .forEach(named::add);
        }
        return named;
    }

    private static Set<String> unitTested() throws IOException {
        return sources(NODE.resolve("test/java"))
                .map(ExercisedClassesTest::className)
                .filter(name -> name.endsWith("Test"))
                .map(name -> name.substring(0, name.length() - "Test".length()))
                .collect(Collectors.toSet());
    }

    private static Stream<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        }
    }

    private static String className(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
