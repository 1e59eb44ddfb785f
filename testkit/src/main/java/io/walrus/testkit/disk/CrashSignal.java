package io.walrus.testkit.disk;

/// The simulated machine has stopped: thrown by the call that was under way and by each later one. An [Error], so that
/// no handler for ordinary failures takes it for one.
public final class CrashSignal extends Error {
    private static final long serialVersionUID = 1L;

    CrashSignal(String message) {
        super(message, null, false, false);
    }
}
