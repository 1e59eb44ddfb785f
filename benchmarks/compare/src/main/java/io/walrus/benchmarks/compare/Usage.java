package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.RunningServer;
import io.walrus.benchmarks.load.ProcessTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a node takes of the machine, on average over the nodes.
///
/// @param cpuPercent of one core
/// @param memoryMiB resident
record Usage(double cpuPercent, double memoryMiB) {
    private static final int SETTLE_SECONDS = 3;
    private static final int SECONDS = 5;

    /// Of nodes that have nothing to do.
    static Usage measure(List<RunningServer> nodes) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        List<ProcessTime> before =
                nodes.stream().map(node -> ProcessTime.of(node.pid())).toList();
        TimeUnit.SECONDS.sleep(SECONDS);
        double seconds = before.stream().mapToDouble(ProcessTime::secondsSince).sum();
        return new Usage(100 * seconds / SECONDS / nodes.size(), memoryMiB(nodes));
    }

    static double memoryMiB(List<RunningServer> nodes) throws IOException {
        double kib = 0;
        for (RunningServer node : nodes) {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(node.pid()), "status"))) {
                if (line.startsWith("VmRSS:")) {
                    kib += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return kib / 1024 / nodes.size();
    }
}
