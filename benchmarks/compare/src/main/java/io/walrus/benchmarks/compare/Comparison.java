package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.BarChart;
import io.walrus.benchmarks.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lets the systems take turns: each round starts every one of them anew, one after the other.
final class Comparison {
    /// What a workload may take beside its load: topics are made, and what is to be read is put.
    private static final Duration SLACK = Duration.ofMinutes(5);

    private final Path launcher;
    private final Plan plan;
    private final int firstWarmUpSeconds;
    private final Set<Workload> workloads;
    private final List<Candidate> candidates;
    private final Results results;
    private volatile @Nullable Peer current;
    private volatile boolean stopping;
    private int failures;

    /// @param firstWarmUpSeconds how long each start is loaded before the first measurement that is no idling
    Comparison(
            Path launcher,
            Plan plan,
            int firstWarmUpSeconds,
            Set<Workload> workloads,
            List<Candidate> candidates,
            Results results) {
        this.launcher = launcher;
        this.plan = plan;
        this.firstWarmUpSeconds = firstWarmUpSeconds;
        this.workloads = workloads;
        this.candidates = candidates;
        this.results = results;
    }

    /// Runs all rounds.
    ///
    /// @return how many starts or workloads failed
    int run(List<Setup> setups) throws IOException, InterruptedException {
        // Or a comparison that is stopped would leave its data behind.
        Thread atExit = new Thread(this::cleanUp, "clean-up");
        Runtime.getRuntime().addShutdownHook(atExit);
        for (Setup setup : setups) {
            int first = results.nextRound(setup);
            for (int round = first; round < first + plan.rounds(); round++) {
                for (Candidate candidate : candidates) {
                    if (candidate.takesPart(setup) && !stopping) {
                        measure(setup, round, candidate);
                    }
                }
            }
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
        return failures;
    }

    private void cleanUp() {
        stopping = true;
        Peer left = current;
        if (left != null) {
            try {
                left.close();
            } catch (IOException _) {
                // What can't be removed stays.
            }
        }
    }

    private void measure(Setup setup, int round, Candidate candidate) throws IOException, InterruptedException {
        try (Peer peer = candidate.peer(new Place(setup, launcher, plan))) {
            current = peer;
            Workload.Sink sink = (metric, rate) -> record(setup, round, metric, candidate, rate);
            double bootMs = Deadline.within(limit(0), "the start", () -> {
                peer.prepare();
                return peer.boot();
            });
            sink.take(Metric.BOOT, bootMs);
            boolean warm = false;
            for (Workload workload : workloads) {
                if (!warm && workload != Workload.IDLE) {
                    Deadline.within(limit(firstWarmUpSeconds), "the warm-up", () -> {
                        Workload.warmUp(peer, firstWarmUpSeconds);
                        return true;
                    });
                    warm = true;
                }
                Deadline.within(limit(plan.warmUpSeconds() + plan.seconds()), workload.name(), () -> {
                    workload.measure(peer, sink);
                    return true;
                });
            }
        } catch (IOException | RuntimeException e) {
            failures++;
            plan.say("%s, %s: failed: %s", setup.title(), candidate.title(), String.valueOf(e.getMessage()));
        } finally {
            current = null;
        }
    }

    private static Duration limit(int secondsOfLoad) {
        return SLACK.plusSeconds(secondsOfLoad);
    }

    private void record(Setup setup, int round, Metric metric, Candidate candidate, Rate rate) throws IOException {
        results.add(new Sample(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                setup,
                round,
                metric,
                candidate,
                rate.perSecond(),
                rate.p50Micros(),
                rate.p99Micros(),
                rate.errors()));
        plan.say(
                "%s, %s, %s: %s %s%s",
                setup.title(),
                metric.title(),
                candidate.title(),
                BarChart.number(rate.perSecond()),
                metric.unit(),
                rate.errors() == 0 ? "" : "; " + rate.errors() + " errors, first: " + rate.firstError());
    }
}
