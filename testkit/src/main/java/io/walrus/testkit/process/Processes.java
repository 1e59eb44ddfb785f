package io.walrus.testkit.process;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Processes that this one started, none of which outlives it.
public final class Processes {
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private Processes() {}

    public static Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        RUNNING.add(process);
        return process;
    }

    /// Ends a process with SIGKILL, unless it has ended, and waits for that.
    public static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
        RUNNING.remove(process);
    }
}
