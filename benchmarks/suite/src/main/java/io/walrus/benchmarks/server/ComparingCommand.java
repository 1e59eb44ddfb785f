package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MachineFacts;
import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.Metric;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Has systems take turns: each round starts every one of them anew, one after the other, and puts all workloads on it.
abstract class ComparingCommand extends MeasuringCommand {
    /// What a workload may take beside its load: topics are made, and what is to be read is put.
    private static final Duration SLACK = Duration.ofMinutes(5);

    ComparingCommand(int rounds, int warmUpSeconds, int seconds) {
        super(rounds, warmUpSeconds, seconds);
    }

    /// Measures the rounds of one table.
    ///
    /// @param firstWarmUpSeconds of load after each start, before all but the idling
    final void compare(
            String group,
            int nodes,
            List<Contestant> contestants,
            List<ComparedWorkload> workloads,
            int firstWarmUpSeconds)
            throws IOException, InterruptedException {
        for (int round : rounds(group)) {
            // Neither of two is always the one that finds the disk as the other left it.
            for (Contestant contestant : round % 2 == 0 ? contestants : contestants.reversed()) {
                if (takesPart(contestant, nodes)) {
                    try (TestedSystem system = contestant.maker().make(contestant.title(), nodes, this)) {
                        measure(
                                system,
                                workloads,
                                firstWarmUpSeconds,
                                (workload, numbers) -> add(group, workload, contestant.title(), round, numbers));
                    } catch (IOException | RuntimeException | AssertionError e) {
                        failed(group + ", " + contestant.title(), e);
                    }
                }
            }
        }
    }

    private boolean takesPart(Contestant contestant, int nodes) {
        return wantsSubject(contestant.title())
                && (nodes == 1 || contestant.replicates())
                && (contestant.program().isEmpty() || MachineFacts.isInstalled(contestant.program()));
    }

    private void measure(
            TestedSystem system, List<ComparedWorkload> workloads, int firstWarmUpSeconds, ComparedWorkload.Sink sink)
            throws IOException, InterruptedException {
        double bootMs = within(SLACK, "the start", system::boot);
        sink.take(ComparedWorkload.BOOT, Map.of(Metric.MILLIS, bootMs));
        boolean warm = firstWarmUpSeconds == 0;
        for (ComparedWorkload workload : workloads) {
            if (!wantsWorkload(workload.title())) {
                continue;
            }
            if (!warm && !workload.title().equals(ComparedWorkload.IDLE)) {
                within(SLACK.plusSeconds(firstWarmUpSeconds), "the warm-up", () -> {
                    ComparedWorkload.warmUp(system, firstWarmUpSeconds);
                    return true;
                });
                warm = true;
            }
            Duration limit = SLACK.plusSeconds(warmUpSeconds() + seconds());
            within(limit, workload.title(), () -> {
                workload.step().measure(system, sink);
                return true;
            });
        }
    }

    /// Gives up what takes too long: a client may wait for a server that hangs for as long as it likes, in calls that
    /// can't all be given a timeout. The task runs on a thread of its own, which is interrupted and left alone once
    /// the time is over. It ends at the latest when the servers it talks to are killed.
    ///
    /// @throws IOException also if the time is over
    static <T> T within(Duration limit, String what, Callable<T> task) throws IOException, InterruptedException {
        FutureTask<T> running = new FutureTask<>(task);
        Thread.ofPlatform().daemon().name(what).start(running);
        try {
            return running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            throw new IOException(what + " was not done in " + limit.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            throw new IOException(what + ": " + e.getCause(), e.getCause());
        }
    }
}
