package io.walrus.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The processor time other processes had used at one moment, together, as Linux counts it.
public final class ProcessTime {
    /// What `/proc` counts in on every platform Java runs on.
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_FIELD = 11;

    private final List<Long> pids;
    private final double seconds;

    private ProcessTime(List<Long> pids, double seconds) {
        this.pids = pids;
        this.seconds = seconds;
    }

    /// What processes have used until now.
    public static ProcessTime of(List<Long> pids) {
        return new ProcessTime(pids, seconds(pids));
    }

    /// Seconds used since; not a number of no process, and where the system does not tell.
    public double secondsSince() {
        return seconds(pids) - seconds;
    }

    private static double seconds(List<Long> pids) {
        return pids.isEmpty()
                ? Double.NaN
                : pids.stream().mapToDouble(ProcessTime::seconds).sum();
    }

    private static double seconds(long pid) {
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
