package io.walrus.cli;

/// A command did not succeed. The message is one line for people.
final class Failure extends Exception {
    static final int SERVER_SAID_NO = 1;
    static final int USAGE = 2;
    static final int CANNOT_CONNECT = 3;

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
