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

    /// Standard output takes no more. If its reader has gone, as `head` does, that needs no message.
    ///
    /// @param entries that were taken, and are not known to be printed
    static Failure output(IOException e, long entries) {
        String message = String.valueOf(e.getMessage());
        String lost = entries == 0
                ? ""
                : "; " + entries + (entries == 1 ? " entry that was" : " entries that were")
                        + " taken can't be shown, and can be read with fetch";
        return message.contains("Broken pipe")
                ? new Failure(OUTPUT_CLOSED, "")
                : new Failure(SERVER_SAID_NO, "walrus-cli: can't write the result: " + message + lost);
    }

    int exitCode() {
        return exitCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
