package io.walrus.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.error.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What README.md shows compiles, runs and prints what it says. Tests run in the folder of their module.
class ReadmeTest {
    private static final String README = read(Path.of("README.md"));

    @TempDir
    Path folder;

    @Test
    void showsTheExampleThatIsCompiledHere() {
        String source = read(Path.of("src/test/java/io/walrus/storage/Example.java"));
        String example = source.substring(
                source.indexOf("// README begins\n") + "// README begins\n".length(),
                source.indexOf("        // README ends"));
        assertThat(block("java")).isEqualTo(example.stripTrailing().stripIndent() + "\n");
    }

    @Test
    void showsWhatTheExamplePrints() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Example.run(folder, out);
        }
        assertThat(block("text")).isEqualTo(printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void namesEveryErrorAndEverySetting() {
        assertThat(Arrays.stream(StorageException.Category.values()))
                .filteredOn(category -> category != StorageException.Category.NO_ROOM)
                .filteredOn(category -> category != StorageException.Category.EXISTS)
                .allSatisfy(category -> assertThat(README).contains("`" + category + "`"));
        assertThat(List.of(EngineConfig.class.getRecordComponents()))
                .allSatisfy(setting -> assertThat(README).contains("`" + setting.getName() + "`"));
    }

    private static String block(String language) {
        Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```").matcher(README);
        assertThat(block.find()).as("a block of %s", language).isTrue();
        return block.group(1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
