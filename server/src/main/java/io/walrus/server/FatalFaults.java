package io.walrus.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes of exceptions that nobody expected.
///
/// What concerns one request or one stream ends that one: its connection is closed, and what waits for it is told. All
/// else reaches the thread's end and is told here, be the thread ours or a library's, and so are errors of the virtual
/// machine wherever they come up, memory that ran out above all. The process ends then, with exit code 1, since it
/// can't know what was left undone: others take what it led, and a supervisor starts it again. Thread-safe.
final class FatalFaults implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FatalFaults.class);

    private final Runnable end;

    /// Faults that end the process.
    ///
    /// @param end ends it; must not block
    FatalFaults(Runnable end) {
        this.end = end;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable fault) {
        // First, as there may be no memory for words.
        end.run();
        LOG.error("an internal error on thread {}, so this node ends: {}", thread.getName(), fault, fault);
    }
}
