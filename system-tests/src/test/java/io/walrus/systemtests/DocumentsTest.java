package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the documents refer to is there, and they are fit to be read and compared line by line.
class DocumentsTest {
    private static final int MAX_COLUMNS = 100;
    private static final int MIN_TERMS = 30;
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");
    private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern TERM = Pattern.compile("(?m)^### +(.*)$");
    /// Indentation, the mark of a list or a quotation, and the first word, behind which a line can be broken.
    private static final Pattern UNBREAKABLE_START = Pattern.compile("^\\s*(?:[-*>]\\s+|\\d+\\.\\s+)?\\S+");

    @Test
    void relativeLinksResolve() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : Project.filesEndingIn(".md")) {
            String prose = CODE.matcher(FENCED.matcher(Project.text(document)).replaceAll(""))
                    .replaceAll("code");
            LINK.matcher(prose)
                    .results()
                    .map(link -> link.group(1))
                    .filter(link -> !link.contains(":"))
                    .filter(link -> !resolves(document, link))
                    .forEach(link -> broken.add(Project.relative(document) + " -> " + link));
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyDecisionIsInTheirIndex() throws IOException {
        Path decisions = Project.ROOT.resolve("docs/decisions");
        String index = Project.text(decisions.resolve("README.md"));
        try (var files = Files.list(decisions)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.matches("\\d{4}-.*\\.md")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(index).contains("](" + name + ")"));
        }
    }

    /// Tables and what is fenced can't be wrapped; a line of one long word can't be broken.
    @Test
    void proseIsWrapped() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path document : Project.filesEndingIn(".md")) {
            List<String> lines = Project.text(document).lines().toList();
            boolean fenced = false;
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                boolean fence = line.stripLeading().startsWith("```");
                fenced ^= fence;
                if (!fenced && !fence && isTooLong(line)) {
                    tooLong.add(Project.relative(document) + ":" + (i + 1) + " has " + columns(line) + " columns");
                }
            }
        }
        assertThat(tooLong).as("lines of more than %d columns", MAX_COLUMNS).isEmpty();
    }

    @Test
    void everyPictureIsShown() throws IOException {
        Set<Path> shown = new HashSet<>();
        for (Path document : Project.filesEndingIn(".md")) {
            LINK.matcher(Project.text(document))
                    .results()
                    .map(link -> link.group(1))
                    .filter(link -> link.endsWith(".svg") && !link.contains(":"))
                    .forEach(link -> shown.add(document.resolveSibling(link).normalize()));
        }
        assertThat(Project.filesEndingIn(".svg")).isNotEmpty().isSubsetOf(shown);
    }

    @Test
    void eachWordOfTheGlossaryHasOneMeaningAndAPlaceWhereItIsExplained() {
        String glossary = Project.text(Project.ROOT.resolve("docs/glossary.md"));
        List<String> terms = TERM.matcher(glossary)
                .results()
                .flatMap(heading ->
                        Stream.of(heading.group(1).toLowerCase(Locale.ROOT).split(", ")))
                .toList();
        assertThat(terms).hasSizeGreaterThan(MIN_TERMS).doesNotHaveDuplicates();
        assertThat(TERM.splitAsStream(glossary).skip(1))
                .allSatisfy(meaning -> assertThat(meaning).containsPattern("\\]\\([^)#]+\\.md"));
    }

    private static boolean isTooLong(String line) {
        if (columns(line) <= MAX_COLUMNS || line.stripLeading().startsWith("|") || line.startsWith("[![")) {
            return false;
        }
        Matcher start = UNBREAKABLE_START.matcher(line);
        return start.find() && start.end() < line.stripTrailing().length();
    }

    private static int columns(String line) {
        return line.codePointCount(0, line.length());
    }

    private static boolean resolves(Path document, String link) {
        int hash = link.indexOf('#');
        String path = URLDecoder.decode(hash < 0 ? link : link.substring(0, hash), StandardCharsets.UTF_8);
        Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0 || !target.toString().endsWith(".md") || anchors(target).contains(link.substring(hash + 1));
    }

    /// The anchors GitHub gives to the headings of a document.
    private static Set<String> anchors(Path document) {
        Set<String> anchors = new HashSet<>();
        HEADING.matcher(FENCED.matcher(Project.text(document)).replaceAll(""))
                .results()
                .map((MatchResult heading) -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading ->
                        heading.replaceAll("[^\\p{L}\\p{N} _-]", "").strip().replace(' ', '-'))
                .forEach(anchor -> {
                    int repetition = 0;
                    String unique = anchor;
                    while (!anchors.add(unique)) {
                        repetition++;
                        unique = anchor + "-" + repetition;
                    }
                });
        return anchors;
    }
}
