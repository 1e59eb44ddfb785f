package io.walrus.server.config;

/// Something outside the program keeps the node from starting. The message is one line for the operator.
public final class StartupException extends Exception {
    private static final long serialVersionUID = 1L;

    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
