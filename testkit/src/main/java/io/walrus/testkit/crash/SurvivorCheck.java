package io.walrus.testkit.crash;

import io.walrus.testkit.disk.Boundary;
import io.walrus.testkit.disk.CrashOutcome;
import io.walrus.testkit.disk.CrashSignal;
import io.walrus.testkit.disk.SimDisk;
import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Opens what a crash left, compares it with the model, works on it, and opens it once more.
final class SurvivorCheck {
    private static final int STEPS_AFTER_RECOVERY = 6;
    private static final int EARLY_BOUNDARIES = 24;

    private final CrashScenario scenario;
    private final SplittableRandom random;
    private long recoveryPoints;
    /// Kept aside, for the engine that is being opened when it is found may take it for a failure of the disk.
    private @Nullable CrashFailure failure;

    SurvivorCheck(CrashScenario scenario, SplittableRandom random) {
        this.scenario = scenario;
        this.random = random;
    }

    /// Crashes checked in the middle of recoveries.
    long recoveryPoints() {
        return recoveryPoints;
    }

    /// Throws the failure found first, if there is one.
    void throwFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    /// Opens the survivors of a crash, and keeps a failure aside besides throwing it.
    ///
    /// @param depth how many more crashes may happen while recovering from this one
    /// @param where what happened so far, for people
    void check(SimDisk disk, Expectation expected, int depth, String where) {
        scenario.dishonest(disk);
        String trail = where;
        try {
            if (depth > 0) {
                crashWhileOpening(disk, expected, depth, where);
            }
            EngineSession session = new EngineSession(disk, scenario.config(), random.nextLong());
            disk.watch(_ -> {});
            throwFailure();
            trail += "\n  recovered: " + session.engine().recovery();
            Map<String, StreamView> found = session.observe(random.nextBoolean());
            ModelState state = expected.match(found);
            if (state == null) {
                throw new CrashFailure(expected.mismatch(found), null);
            }
            workOn(session, disk, state);
        } catch (CrashSignal e) {
            throw e;
        } catch (IOException | RuntimeException | AssertionError e) {
            throwFailure();
            failure = new CrashFailure(
                    e.getMessage() + "\n" + trail + "\n  last changes: "
                            + String.join("\n    ", expected.lastChanges()),
                    e);
            throw failure;
        }
    }

    /// Forks what a crash at one of the changes that the recovery itself makes would leave, and checks that too.
    private void crashWhileOpening(SimDisk disk, Expectation expected, int depth, String where) {
        long target = disk.boundaries() + random.nextInt(EARLY_BOUNDARIES);
        CrashOutcome outcome = CrashExplorer.pick(random);
        long seed = random.nextLong();
        disk.watch(boundary -> {
            if (boundary.number() == target) {
                recoveryPoints++;
                String trail = where + "\n  while recovering, " + outcome + " (" + seed + ") at " + boundary;
                check(disk.survivors(outcome, seed), expected.after(outcome), depth - 1, trail);
            }
        });
    }

    private void workOn(EngineSession session, SimDisk disk, ModelState state) throws IOException {
        History history = new History(state);
        Workload workload = new Workload(session, scenario.policy(), history, random, () -> {});
        for (int i = 0; i < STEPS_AFTER_RECOVERY; i++) {
            workload.step();
        }
        workload.compare();
        if (random.nextBoolean()) {
            session.close();
            reopen(disk, Expectation.exactly(history.latest()), "a clean close");
        } else {
            CrashOutcome outcome = CrashExplorer.pick(random);
            Expectation left = Expectation.of(history, session.engine().durableGroup(), scenario.policy())
                    .after(outcome);
            SimDisk survivors = disk.survivors(outcome, random.nextLong());
            reopen(scenario.dishonest(survivors), left, outcome + " after work on the recovered engine");
        }
    }

    private void reopen(SimDisk disk, Expectation expected, String after) throws IOException {
        EngineSession session = new EngineSession(disk, scenario.config(), random.nextLong());
        Map<String, StreamView> found = session.observe(true);
        if (expected.match(found) == null) {
            throw new CrashFailure(
                    "after " + after + ": " + expected.mismatch(found) + "\n  recovered again: "
                            + session.engine().recovery() + " " + disk.files(),
                    null);
        }
        session.close();
    }

    /// A line for a boundary and its outcome.
    static String describe(
            CrashScenario scenario, Boundary boundary, CrashOutcome outcome, long seed, @Nullable String at) {
        return "  seed %d, %s%n  %s (%d) at %s, %s"
                .formatted(scenario.seed(), scenario.replay(), outcome, seed, boundary, at);
    }
}
