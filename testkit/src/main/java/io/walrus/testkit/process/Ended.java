package io.walrus.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that has ended, and what it said.
///
/// @param out its standard output, `err` its standard error
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
            Ended outcome = new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
            outcome.require(ended, "it ends by itself");
            return outcome;
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
        require(!err.contains("\tat ") && !err.contains("Exception"), "it shows no stack trace");
        return this;
    }

    public Ended exited(int code) {
        require(exitCode == code, "its exit code is " + code);
        return this;
    }

    private void require(boolean condition, String expectation) {
        if (!condition) {
            throw new AssertionError("expected of a process that " + expectation + ": " + this);
        }
    }
}
