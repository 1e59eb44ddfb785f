package io.walrus.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command reads from and writes to.
///
/// @param out results, to the byte
/// @param err all else
/// @param typed whether `in` is a terminal
/// @param outSeen whether `out` is one
/// @param errSeen whether `err` is one
record Terminal(InputStream in, OutputStream out, PrintStream err, boolean typed, boolean outSeen, boolean errSeen) {
    enum Colour {
        RED("\u001b[31m"),
        GREEN("\u001b[32m"),
        YELLOW("\u001b[33m"),
        BOLD("\u001b[1m");

        private static final String PLAIN = "\u001b[0m";

        private final String code;

        Colour(String code) {
            this.code = code;
        }

        String paint(String text) {
            return code + text + PLAIN;
        }
    }

    /// The launcher says which of the three are terminals, and which were closed: a shell knows that at no
    /// cost, and Java opens files of its own in the place of what is closed.
    static Terminal system() {
        String terminals = System.getProperty("walrus.terminals", "");
        String closed = System.getProperty("walrus.closed", "");
        return new Terminal(
                closed.contains("0") ? new ClosedInput() : System.in,
                // Not System.out: it hides the error when its reader has gone.
                closed.contains("1") ? new ClosedOutput() : new FileOutputStream(FileDescriptor.out),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                terminals.contains("0"),
                terminals.contains("1"),
                terminals.contains("2"));
    }

    /// An input that was closed before the program began.
    static final class ClosedInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("standard input is closed");
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
            return read();
        }
    }

    /// An output that was closed before the program began.
    static final class ClosedOutput extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            throw new IOException("standard output is closed");
        }
    }

    /// Asked before anything is done, and above all before an entry is taken, that is then to be printed.
    void requireOutput() throws Failure {
        if (out instanceof ClosedOutput) {
            throw Failure.usage("standard output is closed");
        }
    }

    /// Whether a person types and looks.
    boolean isInteractive() {
        return typed && outSeen && errSeen;
    }

    /// Prints a result as it is, with a line end after it.
    void print(byte[] result) throws Failure {
        print(result, 0);
    }

    /// Prints an entry that was taken, and is nobody else's.
    void printTaken(byte[] entry) throws Failure {
        print(entry, 1);
    }

    private void print(byte[] result, int entries) throws Failure {
        byte[] line = new byte[result.length + 1];
        System.arraycopy(result, 0, line, 0, result.length);
        line[result.length] = '\n';
        try {
            out.write(line);
            out.flush();
        } catch (IOException e) {
            throw Failure.output(e, entries);
        }
    }

    void print(String result, Colour colour) throws Failure {
        String shown = outSeen && hasColours() ? colour.paint(result) : result;
        print(shown.getBytes(StandardCharsets.UTF_8));
    }

    void say(String line) {
        err.println(line);
    }

    void complain(String line) {
        if (!line.isEmpty()) {
            err.println(errSeen && hasColours() ? Colour.RED.paint(line) : line);
        }
    }

    static boolean hasColours() {
        return System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
    }
}
