package io.walrus.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command reads from and writes to.
///
/// @param out results, to the byte
/// @param err all else
/// @param interactive whether a person types and looks
record Terminal(InputStream in, OutputStream out, PrintStream err, boolean interactive) {
    // Without a terminal there is no console as of Java 25, whatever was said of Java 22.
    @SuppressWarnings("SystemConsoleNull")
    static Terminal system() {
        Console console = System.console();
        return new Terminal(
                System.in,
                System.out,
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                console != null && console.isTerminal());
    }

    void say(String line) {
        err.println(line);
    }
}
