package io.walrus.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command reads from and writes to.
///
/// @param out results, to the byte
/// @param err all else
/// @param interactive whether a person looks at `err`
record Terminal(InputStream in, OutputStream out, PrintStream err, boolean interactive) {
    static Terminal system() {
        return new Terminal(
                System.in,
                System.out,
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                java.util.Objects.requireNonNull(System.console()).isTerminal());
    }

    void say(String line) {
        err.println(line);
    }
}
