package io.walrus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The memory another process has in use, as Linux counts it: what it mapped of files and has touched counts too.
public final class ResidentMemory {
    private ResidentMemory() {}

    /// In MiB.
    public static double mib(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("the system does not tell the memory of process " + pid);
    }
}
