package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program of the distribution that ran to its end.
record Launched(int exitCode, String out, String err) {
    private static final Path BIN = Project.ROOT.resolve("dist/target/walrus/bin");
    private static final long TIMEOUT_S = 60;

    static Path program(String name) {
        return BIN.resolve(name);
    }

    /// Runs a program in the given folder. Of the environment only these variables and the PATH reach it.
    static Launched run(Path folder, Map<String, String> environment, Path program, String... arguments)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "stdout", ".txt");
        Path err = Files.createTempFile(folder, "stderr", ".txt");
        ProcessBuilder builder = new ProcessBuilder(program.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "JAVA_HOME"));
        builder.environment().putAll(environment);
        Process process = builder.directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(TIMEOUT_S, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        Launched launched = new Launched(process.exitValue(), Files.readString(out), Files.readString(err));
        assertThat(ended).as("%s ends; it said: %s", program, launched).isTrue();
        return launched;
    }

    Launched succeeded() {
        assertThat(exitCode).as("exit code; it said: %s", this).isZero();
        return this;
    }
}
