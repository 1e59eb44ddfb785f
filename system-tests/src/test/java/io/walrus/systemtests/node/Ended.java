package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that has ended, and what it said.
public record Ended(int exitCode, String out, String err) {
    private static final long TIMEOUT_S = 60;

    /// Runs a process to its end.
    public static Ended of(ProcessBuilder builder) throws IOException {
        Path out = Files.createTempFile("walrus-out", ".txt");
        Path err = Files.createTempFile("walrus-err", ".txt");
        try {
            Process process =
                    Processes.start(builder.redirectOutput(out.toFile()).redirectError(err.toFile()));
            process.getOutputStream().close();
            boolean ended = process.waitFor(TIMEOUT_S, TimeUnit.SECONDS);
            Processes.kill(process);
            assertThat(ended)
                    .as("the process ends by itself; it said: %s", Files.readString(err))
                    .isTrue();
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /// The lines meant for the operator: all but those of the log.
    public List<String> messages() {
        return err.lines().filter(line -> line.startsWith("walrus-node: ")).toList();
    }

    public Ended withoutStackTrace() {
        assertThat(err).doesNotContain("\tat ").doesNotContain("Exception");
        return this;
    }

    public Ended exited(int code) {
        assertThat(exitCode).as("exit code of %s", this).isEqualTo(code);
        return this;
    }
}
