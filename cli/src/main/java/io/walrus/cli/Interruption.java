package io.walrus.cli;

/// Something that still has to be done when Ctrl-C or SIGTERM ends the program. Closed once it no longer has to.
final class Interruption implements AutoCloseable {
    private final Thread hook;

    Interruption(Runnable last) {
        hook = new Thread(last, "interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // It runs already, and the program ends with it.
        }
    }
}
