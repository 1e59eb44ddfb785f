package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.JavaProgram;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Processes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What users do: files go in through the command line and come out byte for byte.
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class RealInputTest {
    private static final Path LICENCE = Path.of("/usr/share/common-licenses/GPL-3");
    private static final int LINE_BYTES = 1 << 10;
    private static final int LINES = Boolean.getBoolean("walrus.big") ? 1 << 20 : 1 << 16;

    @TempDir
    private static Path folder;

    private static NodeProcess node;

    @BeforeAll
    static void startNode() throws IOException {
        node = NodeSetup.in(folder).withHeap(512).start();
    }

    @AfterAll
    static void stopNode() throws IOException {
        try (NodeProcess ending = node) {
            ending.assertUnruffled();
        }
    }

    @Test
    void theTextOfALicenceComesOutAsItWentIn() throws IOException {
        Assumptions.assumeTrue(Files.exists(LICENCE), LICENCE + " exists on Debian only");
        assertComesOutAsItWentIn("licence", LICENCE);
    }

    /// A GiB with `-Dwalrus.big=true`.
    @Test
    void aLargeFileComesOutAsItWentIn() throws IOException {
        Path file = folder.resolve("large.txt");
        Random random = new Random(1);
        byte[] line = new byte[LINE_BYTES];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            for (int i = 0; i < LINES; i++) {
                random.nextBytes(line);
                for (int at = 0; at < LINE_BYTES - 1; at++) {
                    line[at] = (byte) (' ' + (line[at] & 0x3f));
                }
                line[LINE_BYTES - 1] = '\n';
                out.write(line);
            }
        }
        assertComesOutAsItWentIn("large", file);
        Files.delete(file);
    }

    private static void assertComesOutAsItWentIn(String topic, Path file) throws IOException {
        node.ask("REGISTER " + topic).requireOk();
        cli(folder.resolve("put.txt"), "put", topic, "--file", file.toString());
        Path back = folder.resolve(topic + ".back");
        cli(back, "get", topic, "--all");
        assertThat(Files.mismatch(file, back)).as("first byte that differs").isEqualTo(-1);
        Files.delete(back);
    }

    /// Runs the command line, which succeeds; its standard output goes to a file.
    private static void cli(Path out, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--addr", "127.0.0.1:" + node.clientPort()));
        Path err = folder.resolve("cli.err");
        Process cli = Processes.start(JavaProgram.of("io.walrus.cli.CliMain", List.of("-Xmx256m"), all)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile()));
        try {
            assertThat(cli.waitFor(10, TimeUnit.MINUTES)).isTrue();
            assertThat(cli.exitValue())
                    .as("exit code; it said: %s", Files.readString(err, StandardCharsets.UTF_8))
                    .isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            cli.destroyForcibly();
        }
    }
}
