package io.walrus.testkit.disk;

import io.walrus.storage.io.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Workers without threads: a step that was signalled, or whose time has come, runs when the test says so, in an order
/// picked by a seed. For use in one thread.
public final class SimWorkers implements Workers {
    private final SimClock clock;
    private final SplittableRandom random;
    private final List<SimWorker> workers = new ArrayList<>();

    public SimWorkers(SimClock clock, long seed) {
        this.clock = clock;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public Worker start(String name, Step step) {
        SimWorker worker = new SimWorker(name, step);
        workers.add(worker);
        return worker;
    }

    /// Runs one step that is due.
    ///
    /// @return false if none was
    public boolean runOne() {
        List<SimWorker> due = workers.stream().filter(SimWorker::due).toList();
        if (due.isEmpty()) {
            return false;
        }
        due.get(random.nextInt(due.size())).run();
        return true;
    }

    /// Runs steps until none is due.
    ///
    /// @param maxSteps the most steps this may take; more mean that the workers keep each other busy for nothing
    public void runUntilIdle(int maxSteps) {
        for (int steps = 0; runOne(); steps++) {
            if (steps == maxSteps) {
                throw new IllegalStateException("still busy after " + maxSteps + " steps: "
                        + workers.stream().filter(SimWorker::due).toList());
            }
        }
    }

    /// Moves the clock to the next time a step asked to be run at, at most `maxNanos` on.
    public void advance(long maxNanos) {
        long now = clock.nanoTime();
        long step = maxNanos;
        for (SimWorker worker : workers) {
            if (worker.timed) {
                step = Math.min(step, Math.max(0, worker.dueAtNanos - now));
            }
        }
        clock.advance(step);
    }

    private final class SimWorker implements Worker {
        private final String name;
        private final Step step;
        private boolean signalled;
        private boolean timed;
        private long dueAtNanos;
        private boolean running;

        SimWorker(String name, Step step) {
            this.name = name;
            this.step = step;
        }

        boolean due() {
            return !running && (signalled || (timed && clock.nanoTime() - dueAtNanos >= 0));
        }

        void run() {
            signalled = false;
            timed = false;
            running = true;
            try {
                long delayNanos = step.run();
                if (delayNanos != Long.MAX_VALUE) {
                    timed = true;
                    dueAtNanos = clock.nanoTime() + delayNanos;
                }
            } finally {
                running = false;
            }
        }

        @Override
        public void signal() {
            signalled = true;
        }

        @Override
        public void stop() {
            if (signalled && !running) {
                run();
            }
            workers.remove(this);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
