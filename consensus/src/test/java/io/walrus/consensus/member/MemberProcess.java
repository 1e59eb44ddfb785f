package io.walrus.consensus.member;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A [ChildMember] as the test sees it.
final class MemberProcess implements AutoCloseable {
    final long id;
    final int port;

    private final Process process;
    private final BufferedReader answers;
    private final PrintStream commands;

    private MemberProcess(Path dir, long id, int port, String whenNew) throws IOException {
        this.id = id;
        this.port = port;
        process = Children.start(ChildMember.class, dir.toString(), Long.toString(id), Integer.toString(port), whenNew);
        answers = process.inputReader();
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /// Returns while it starts.
    static MemberProcess start(Path dir, long id, int port) throws IOException {
        return new MemberProcess(dir, id, port, id == 1 ? "BOOTSTRAP" : "JOIN");
    }

    MemberProcess started() throws IOException {
        String line = answers.readLine();
        if (!"started".equals(line)) {
            throw new IllegalStateException("node " + id + " says " + line);
        }
        return this;
    }

    void command(String line) {
        commands.println(line);
    }

    String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("node " + id + " has ended");
        }
        return line;
    }

    String ask(String line) throws IOException {
        command(line);
        return answer();
    }

    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("node " + id + " does not end");
        }
    }

    /// Stands still until [#resume].
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("node " + id + " can't be sent " + name);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
