package io.walrus.benchmarks.scaling;

import io.walrus.benchmarks.Cluster;
import io.walrus.benchmarks.MachineFacts;
import io.walrus.benchmarks.Plan;
import io.walrus.benchmarks.ResidentMemory;
import io.walrus.benchmarks.Route;
import io.walrus.benchmarks.load.Lane;
import io.walrus.benchmarks.load.Load;
import io.walrus.benchmarks.load.LoadOptions;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.Operation;
import io.walrus.benchmarks.load.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Measures step after step, each with new nodes on empty folders.
final class Scaling {
    /// One node leads a topic for the whole step, so that connections stay where they belong.
    private static final List<String> FLAGS =
            List.of("--fsync=group", "--max-segment-entries=1000000000", "--log=warn");

    private final Path launcher;
    private final Plan plan;
    private final Points points;
    private int failures;

    Scaling(Path launcher, Plan plan, Points points) {
        this.launcher = launcher;
        this.plan = plan;
        this.points = points;
    }

    /// How many steps could not be measured.
    int failures() {
        return failures;
    }

    void measure(List<Step> steps) throws InterruptedException {
        for (Step step : steps) {
            try (Cluster cluster = Cluster.start(launcher, plan.work(), step.nodes(), FLAGS)) {
                measure(step, cluster);
            } catch (IOException | RuntimeException e) {
                failed(step.title(), e);
            }
        }
    }

    void measureBacklog(long bytes) throws InterruptedException {
        try (Cluster cluster = Cluster.start(launcher, plan.work(), 1, FLAGS)) {
            new Backlog(cluster, plan, bytes, points).measure();
        } catch (IOException | RuntimeException e) {
            failed("backlog", e);
        }
    }

    private void failed(String what, Exception failure) {
        failures++;
        plan.say("%s: failed: %s", what, String.valueOf(failure.getMessage()));
    }

    private void measure(Step step, Cluster cluster) throws IOException, InterruptedException {
        double syncMicros = MachineFacts.syncMicros(plan.work());
        Topics topics = step.dimension() == Dimension.NODES
                ? Topics.oneOfEachNode(cluster)
                : Topics.register(cluster, step.topics());
        List<Lane> lanes = Route.spread(topics.led(), step.connections()).stream()
                .map(route -> new Lane(cluster.address(route.node()), route.topics()))
                .toList();
        LoadResult result = Load.put(
                new LoadOptions(
                        Target.WALRUS,
                        lanes.getFirst().address(),
                        Operation.PUT,
                        lanes.size(),
                        step.depth(),
                        step.payloadBytes(),
                        step.topics(),
                        "",
                        0,
                        1,
                        plan.warmUpSeconds(),
                        plan.seconds(),
                        cluster.pids()),
                lanes);
        double highest = 0;
        double all = 0;
        for (long pid : cluster.pids()) {
            double mib = ResidentMemory.mib(pid);
            highest = Math.max(highest, mib);
            all += mib;
        }
        Point point = new Point(
                step.dimension(),
                step.series(),
                step.value(),
                "",
                step.connections() * step.depth(),
                result.perSecond(),
                result.perSecond() * step.payloadBytes() / (1 << 20),
                result.p50Micros(),
                result.p99Micros(),
                highest,
                all,
                result.serverCpuMicros(),
                step.dimension() == Dimension.TOPICS ? topics.registerSeconds() : Double.NaN,
                syncMicros,
                result.errors());
        points.add(point);
        plan.say(
                "%s: %,.0f requests/s, p50 %,.0f µs, p99 %,.0f µs, %,.0f MiB resident, %.1f µs of processor time%s%s",
                step.title(),
                point.perSecond(),
                point.p50Micros(),
                point.p99Micros(),
                all,
                point.cpuMicros(),
                topics.repeats() == 0 ? "" : "; " + topics.repeats() + " registrations were sent again",
                result.errors() == 0 ? "" : "; " + result.errors() + " errors, first: " + result.firstError());
    }
}
