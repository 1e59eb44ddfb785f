package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.ResidentMemory;
import io.walrus.benchmarks.RunningServer;
import io.walrus.benchmarks.load.ProcessTime;
import java.io.IOException;
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
        ProcessTime before =
                ProcessTime.of(nodes.stream().map(RunningServer::pid).toList());
        TimeUnit.SECONDS.sleep(SECONDS);
        return new Usage(100 * before.secondsSince() / SECONDS / nodes.size(), memoryMiB(nodes));
    }

    static double memoryMiB(List<RunningServer> nodes) throws IOException {
        double mib = 0;
        for (RunningServer node : nodes) {
            mib += ResidentMemory.mib(node.pid());
        }
        return mib / nodes.size();
    }
}
