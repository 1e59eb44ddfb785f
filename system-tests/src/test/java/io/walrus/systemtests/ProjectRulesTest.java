package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Rules about the project's files that no compiler checks.
class ProjectRulesTest {
    private static final int MAX_LINES = 600;
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIX" + "ME|XX" + "X)\\b");

    @Test
    void noFileIsTooLongToBeReadInOneSitting() throws IOException {
        assertThat(Project.filesEndingIn(".java"))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Project.text(file).lines().count())
                        .as("lines of %s", Project.relative(file))
                        .isLessThanOrEqualTo(MAX_LINES));
    }

    @Test
    void nothingIsMarkedAsUnfinished() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : Project.filesEndingIn(".java", ".md", ".xml", ".sh", "Makefile", ".yml", ".yaml", ".pml")) {
            if (file.endsWith("ProjectRulesTest.java")) {
                continue;
            }
            Project.text(file)
                    .lines()
                    .filter(line -> UNFINISHED.matcher(line).find())
                    .forEach(line -> found.add(Project.relative(file) + ": " + line.strip()));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void testsWaitForConditionsNotForTime() throws IOException {
        String sleep = "Thread." + "sleep";
        assertThat(Project.filesEndingIn(".java").stream()
                        .filter(file -> file.toString().contains("/src/test/"))
                        .filter(file -> Project.text(file).contains(sleep))
                        .map(Project::relative))
                .isEmpty();
    }

    /// A list longer than a screen is read by nobody.
    @Test
    void makeListsNoMoreThanFitsOneScreen() {
        assertThat(Project.text(Project.ROOT.resolve("Makefile"))
                        .lines()
                        .filter(line -> line.matches("[a-z-]+:.*## .*")))
                .hasSizeBetween(10, 25);
    }

    @Test
    void everyPackageOfMainCodeSaysWhatItIsFor() throws IOException {
        assertThat(Project.filesEndingIn("package-info.java").stream()
                        .filter(file -> file.toString().contains("/src/main/")))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Project.text(file))
                        .as("%s", Project.relative(file))
                        .startsWith("/// "));
    }

    /// A comment that repeats the name it stands above is noise.
    @Test
    void noCommentSaysNothing() throws IOException {
        Pattern nothing = Pattern.compile("(?m)^ */// Makes (it|them)\\.$");
        assertThat(Project.filesEndingIn(".java").stream()
                        .filter(file -> nothing.matcher(Project.text(file)).find())
                        .map(Project::relative))
                .isEmpty();
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        Set<Path> packages = new TreeSet<>();
        Set<Path> marked = new TreeSet<>();
        for (Path file : Project.filesEndingIn(".java")) {
            Path folder = packageOf(file);
            packages.add(folder);
            if (file.endsWith("package-info.java") && Project.text(file).contains("@NullMarked")) {
                marked.add(folder);
            }
        }
        packages.removeAll(marked);
        assertThat(packages).as("packages without @NullMarked").isEmpty();
    }

    @Test
    void everyScriptCanBeRun() throws IOException {
        try (var files = Files.list(Project.ROOT.resolve("bin"))) {
            assertThat(files.filter(file -> !file.toString().endsWith(".sh")))
                    .isNotEmpty()
                    .allMatch(Files::isExecutable);
        }
    }

    /// A package's tests share its package-info, and with it the mark.
    private static Path packageOf(Path source) {
        String folder = Project.relative(source.resolveSibling("")).toString();
        return Path.of(folder.replace("/src/test/java/", "/src/main/java/"));
    }
}
