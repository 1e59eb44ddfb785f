package io.walrus.benchmarks.scaling;

import io.walrus.benchmarks.Cluster;
import io.walrus.benchmarks.MachineFacts;
import io.walrus.benchmarks.Plan;
import io.walrus.benchmarks.ResidentMemory;
import io.walrus.benchmarks.load.Load;
import io.walrus.benchmarks.load.LoadOptions;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.Operation;
import io.walrus.benchmarks.load.Target;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Writes a backlog to one topic of one node, then reads it from its start while puts to the same topic go on.
final class Backlog {
    static final String QUIET = "1000 puts/s alone";
    static final String READ = "read from its start";
    static final String MEANWHILE = "1000 puts/s meanwhile";
    private static final int FILL_DEPTH = 512;
    private static final int READ_DEPTH = 512;
    private static final String TOPIC_PREFIX = "backlog-";

    private final Plan plan;
    private final Points points;
    private final Cluster cluster;
    private final long entries;
    private final double syncMicros;

    Backlog(Cluster cluster, Plan plan, long bytes, Points points) throws IOException {
        this.cluster = cluster;
        this.plan = plan;
        this.points = points;
        entries = Math.max(1, bytes / Dimension.BASE_BYTES);
        syncMicros = MachineFacts.syncMicros(plan.work());
    }

    void measure() throws IOException, InterruptedException {
        String topic = TOPIC_PREFIX + 0;
        try (var client = cluster.connect(1)) {
            client.register(topic);
        }
        LoadResult filled = Load.fill(options(Operation.PUT, FILL_DEPTH));
        String size = (entries * Dimension.BASE_BYTES / (1 << 20)) + " MiB put";
        add(1, size, FILL_DEPTH, filled);
        try (SteadyPuts puts = SteadyPuts.start(cluster.addresses().getFirst(), topic, Dimension.BASE_BYTES)) {
            TimeUnit.SECONDS.sleep(plan.warmUpSeconds());
            puts.take();
            TimeUnit.SECONDS.sleep(plan.seconds());
            add(2, QUIET, puts.take(), plan.seconds(), puts.errors());
            long startNs = System.nanoTime();
            LoadResult read = Load.readOnce(options(Operation.FETCH, READ_DEPTH));
            double seconds = (System.nanoTime() - startNs) / 1e9;
            Histogram meanwhile = puts.take();
            add(3, READ, READ_DEPTH, read);
            add(4, MEANWHILE, meanwhile, seconds, puts.errors());
        }
    }

    private LoadOptions options(Operation operation, int depth) {
        return new LoadOptions(
                Target.WALRUS,
                cluster.address(1),
                operation,
                1,
                depth,
                Dimension.BASE_BYTES,
                1,
                TOPIC_PREFIX,
                entries,
                1,
                0,
                plan.seconds(),
                cluster.pids());
    }

    private void add(int ordinal, String label, int underWay, LoadResult result) throws IOException {
        add(
                ordinal,
                label,
                underWay,
                result.perSecond(),
                result.p50Micros(),
                result.p99Micros(),
                result.serverCpuMicros(),
                result.errors());
    }

    private void add(int ordinal, String label, Histogram puts, double seconds, long errors) throws IOException {
        add(
                ordinal,
                label,
                0,
                puts.getTotalCount() / seconds,
                puts.getValueAtPercentile(50) / 1e3,
                puts.getValueAtPercentile(99) / 1e3,
                Double.NaN,
                errors);
    }

    private void add(
            int ordinal,
            String label,
            int underWay,
            double perSecond,
            double p50Micros,
            double p99Micros,
            double cpuMicros,
            long errors)
            throws IOException {
        List<Long> pids = cluster.pids();
        double mib = ResidentMemory.mib(pids.getFirst());
        Point point = new Point(
                Dimension.BACKLOG,
                "",
                ordinal,
                label,
                underWay,
                perSecond,
                perSecond * Dimension.BASE_BYTES / (1 << 20),
                p50Micros,
                p99Micros,
                mib,
                mib,
                cpuMicros,
                Double.NaN,
                syncMicros,
                errors);
        points.add(point);
        plan.say(
                "backlog, %s: %,.0f requests/s, p50 %,.0f µs, p99 %,.0f µs, %,.0f MiB resident",
                label, perSecond, p50Micros, p99Micros, mib);
    }
}
