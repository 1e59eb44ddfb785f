package io.walrus.storage.io;

/// Makes background workers. The real one gives each a named platform thread; a simulation runs their steps when it
/// chooses.
public interface Workers {
    /// Starts a worker that runs `step` once for all signals since the step last began. Steps of one worker never
    /// overlap.
    Worker start(String name, Step step);

    /// One piece of background work, run to its end without waiting for other workers.
    @FunctionalInterface
    interface Step {
        /// Does all the work there is.
        ///
        /// @return nanoseconds after which to run again even without a signal, or [Long#MAX_VALUE] for never
        long run();
    }

    /// A running worker. Thread-safe.
    interface Worker {
        /// Asks for one more run of the step. Cheap, allocates nothing, never blocks.
        void signal();

        /// Runs the step a last time if a signal is pending, then ends the worker; returns when it has ended.
        void stop();
    }
}
