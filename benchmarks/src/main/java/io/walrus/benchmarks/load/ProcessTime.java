package io.walrus.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The processor time another process had used at one moment, as Linux counts it.
public final class ProcessTime {
    /// What `/proc` counts in on every platform Java runs on.
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_FIELD = 11;

    private final long pid;
    private final double seconds;

    private ProcessTime(long pid, double seconds) {
        this.pid = pid;
        this.seconds = seconds;
    }

    /// What a process has used until now.
    ///
    /// @param pid 0 for no process, which never uses any time
    public static ProcessTime of(long pid) {
        return new ProcessTime(pid, seconds(pid));
    }

    /// Seconds used since; not a number where the system does not tell.
    public double secondsSince() {
        return seconds(pid) - seconds;
    }

    private static double seconds(long pid) {
        if (pid == 0) {
            return Double.NaN;
        }
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The second field is the program's name in brackets, which may hold anything.
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[USER_FIELD + 1])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
