package io.walrus.cli;

import io.walrus.client.Outcome;
import java.io.IOException;

/// A command did not succeed. The message is one line for people; an empty one is not shown.
final class Failure extends Exception {
    /// The server said `ERR`, or nobody knows whether it was done.
    static final int SERVER_SAID_NO = 1;

    static final int USAGE = 2;

    /// No node can be reached; nothing was done.
    static final int CANNOT_CONNECT = 3;

    /// The exit code that a shell shows for a program ended by a closed pipe.
    static final int OUTPUT_CLOSED = 141;

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    static Failure of(Outcome.Failed outcome) {
        return switch (outcome) {
            case Outcome.Refused _, Outcome.Unknown _ -> new Failure(SERVER_SAID_NO, "ERR " + outcome.message());
            case Outcome.Unreachable _ -> new Failure(CANNOT_CONNECT, "walrus-cli: " + outcome.message());
        };
    }

    static Failure usage(String message) {
        return new Failure(USAGE, "walrus-cli: " + message);
    }

    /// Standard output takes no more. Its reader has gone, as `head` does, and that needs no message.
    static Failure output(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Broken pipe")
                ? new Failure(OUTPUT_CLOSED, "")
                : new Failure(SERVER_SAID_NO, "walrus-cli: can't write the result: " + message);
    }

    int exitCode() {
        return exitCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
