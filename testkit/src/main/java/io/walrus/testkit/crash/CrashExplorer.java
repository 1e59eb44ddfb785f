package io.walrus.testkit.crash;

import io.walrus.testkit.disk.Boundary;
import io.walrus.testkit.disk.CrashOutcome;
import io.walrus.testkit.disk.CrashSignal;
import io.walrus.testkit.disk.Operation;
import io.walrus.testkit.disk.SimDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Runs random workloads and, at sampled changes of the disk, checks what a crash there would leave. Every few hundred
/// changes the workload itself is crashed, and goes on from what survived.
public final class CrashExplorer {
    private static final int LIVES = 4;
    private static final int STEPS = 120;

    private final ExplorerOptions options;
    private int runs;
    private long boundaries;
    private long points;
    private long recoveryPoints;
    private long crashes;
    private long failures;

    public CrashExplorer(ExplorerOptions options) {
        this.options = options;
    }

    /// Explores until the crash points asked for are checked.
    ///
    /// @throws CrashFailure if the engine broke its word
    public ExplorerReport explore() {
        while (points < options.points()) {
            new Run(CrashScenario.of(options.seed() + runs, options)).run();
            runs++;
        }
        return report();
    }

    /// What was done so far.
    public ExplorerReport report() {
        return new ExplorerReport(runs, boundaries, points, recoveryPoints, crashes, failures);
    }

    static CrashOutcome pick(SplittableRandom random) {
        CrashOutcome[] outcomes = CrashOutcome.values();
        return outcomes[random.nextInt(outcomes.length)];
    }

    /// One workload over several crashes.
    private final class Run {
        private final CrashScenario scenario;
        private final SplittableRandom random;
        /// Separate, so that the workload does not depend on which boundaries are checked.
        private final SplittableRandom checkRandom;

        private final SurvivorCheck check;
        private SimDisk disk = new SimDisk();
        /// What was expected when the current engine was opened.
        private Expectation expected = Expectation.EMPTY;
        private @Nullable EngineSession session;
        private @Nullable History history;
        /// At work on an engine whose disk is sound.
        private @Nullable Workload interfering;
        private int life;
        private boolean isFaulty;

        Run(CrashScenario scenario) {
            this.scenario = scenario;
            random = new SplittableRandom(scenario.seed() ^ 0x5DEECE66DL);
            checkRandom = random.split();
            check = new SurvivorCheck(scenario, checkRandom);
        }

        void run() {
            try {
                for (life = 0; life < LIVES; life++) {
                    live();
                    check.throwFailure();
                }
            } catch (IOException | RuntimeException | AssertionError e) {
                check.throwFailure();
                throw failure(e);
            } finally {
                boundaries += disk.boundaries();
                recoveryPoints += check.recoveryPoints();
            }
        }

        private CrashFailure failure(Throwable cause) {
            History submitted = history;
            return new CrashFailure(
                    "%s%n  %s, life %d, last boundary %s%n  last changes: %s"
                            .formatted(
                                    cause,
                                    scenario.replay(),
                                    life,
                                    disk.lastBoundary(),
                                    submitted == null ? "none" : String.join("\n    ", submitted.tail(12))),
                    cause);
        }

        private void live() throws IOException {
            session = null;
            history = null;
            interfering = null;
            scenario.dishonest(disk).watch(this::atBoundary);
            if (random.nextInt(3) > 0) {
                disk.crashAt(disk.boundaries() + random.nextInt(400));
            }
            isFaulty = random.nextInt(6) == 0;
            if (isFaulty) {
                breakSomething();
            }
            boolean closed = false;
            try {
                closed = work();
            } catch (CrashSignal _) {
                crashes++;
            } catch (IOException e) {
                // An error of the disk ends this engine, and is all the more reason to keep what was acknowledged.
                if (!isFaulty || !String.valueOf(e.getMessage()).contains(SimDisk.INJECTED)) {
                    throw e;
                }
                failures++;
            }
            if (closed) {
                expected = Expectation.exactly(current().latest());
            } else {
                expected = expectation();
            }
            CrashOutcome outcome = closed ? CrashOutcome.ALL_LOST : pick(random);
            expected = expected.after(outcome);
            disk = disk.survivors(outcome, random.nextLong());
        }

        /// @return whether the engine was closed cleanly
        private boolean work() throws IOException {
            EngineSession opened = new EngineSession(disk, scenario.config(), random.nextLong());
            Map<String, StreamView> found = opened.observe(random.nextBoolean());
            ModelState state = expected.match(found);
            if (state == null) {
                throw new CrashFailure(
                        expected.mismatch(found) + "\n  " + opened.engine().recovery(), null);
            }
            history = new History(state);
            session = opened;
            Workload workload = new Workload(opened, scenario.policy(), current(), random, this::freeSpace);
            interfering = isFaulty ? null : workload;
            for (int i = 0; i < STEPS; i++) {
                int dice = random.nextInt(100);
                if (dice == 0) {
                    disk.limitCapacity(disk.usedBytes() + random.nextInt(200_000));
                } else if (dice < 10) {
                    freeSpace();
                }
                workload.step();
            }
            interfering = null;
            if (random.nextBoolean()) {
                return false;
            }
            freeSpace();
            workload.compare();
            opened.close();
            opened.throwFailure();
            return true;
        }

        private void freeSpace() {
            disk.limitCapacity(Long.MAX_VALUE);
        }

        /// Has one call of the disk fail before long.
        private void breakSomething() {
            Operation[] operations = Operation.values();
            disk.failOnce(operations[random.nextInt(operations.length)], "", random.nextInt(60));
        }

        private History current() {
            History submitted = history;
            if (submitted == null) {
                throw new IllegalStateException("no engine is open");
            }
            return submitted;
        }

        /// What a crash now may leave.
        private Expectation expectation() {
            EngineSession open = session;
            return open == null
                    ? expected
                    : Expectation.of(current(), open.engine().durableGroup(), scenario.policy());
        }

        private void atBoundary(Boundary boundary) {
            sample(boundary);
            Workload workload = interfering;
            // A checkpoint forces the journal between its two looks at the streams. Nobody has the append lock then.
            if (workload != null
                    && boundary.operation() == Operation.FORCE
                    && boundary.path().startsWith("journal/")) {
                try {
                    workload.interfere();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private void sample(Boundary boundary) {
            if (checkRandom.nextInt(100) >= options.samplePercent()) {
                return;
            }
            points++;
            CrashOutcome outcome = pick(checkRandom);
            long seed = checkRandom.nextLong();
            String phase = session == null ? "while opening" : "at work";
            String where = SurvivorCheck.describe(scenario, boundary, outcome, seed, "life " + life + " " + phase);
            check.check(disk.survivors(outcome, seed), expectation().after(outcome), 2, where);
        }
    }
}
