package io.walrus.storage.engine;

import io.walrus.storage.io.Clock;
import io.walrus.storage.io.Platform;
import io.walrus.storage.io.ShortageException;
import io.walrus.storage.io.Workers;
import io.walrus.storage.journal.Committer;
import io.walrus.storage.journal.Journal;
import io.walrus.storage.journal.Watermarks;
import java.io.IOException;

/// The engine's workers: one commits, one flushes and takes checkpoints, one prepares journal files.
final class Background {
    private static final long RETRY_NS = 1_000_000_000L;

    private final EngineConfig config;
    private final Clock clock;
    private final EngineState state;
    private final Committer<GroupEffects> committer;
    private final Watermarks marks;
    private final Checkpoints checkpoints;
    private final Workers.Worker commitWorker;
    private final Workers.Worker flushWorker;
    private final Workers.Worker prepareWorker;

    // Owned by the commit worker.
    private long lastForceNs;

    /// Whether the commit worker will look by itself whether a force is due.
    private volatile boolean forceScheduled;

    Background(
            Platform platform,
            EngineConfig config,
            EngineState state,
            Journal<GroupEffects> journal,
            Checkpoints checkpoints) {
        this.config = config;
        this.clock = platform.clock();
        this.state = state;
        this.committer = journal.committer();
        this.marks = journal.marks();
        this.checkpoints = checkpoints;
        this.lastForceNs = clock.nanoTime();
        Workers workers = platform.workers();
        // The commit worker wakes the others, so it is the last to start.
        this.flushWorker = workers.start("stream-writer", this::flushStep);
        this.prepareWorker = workers.start("journal-files", this::prepareStep);
        this.commitWorker = workers.start("journal", this::guardedCommitStep);
        prepareWorker.signal();
        flushWorker.signal();
    }

    /// Something was appended and waits for its commit.
    void appended() {
        commitWorker.signal();
    }

    /// Something waits for room.
    void wake() {
        commitWorker.signal();
        flushWorker.signal();
        prepareWorker.signal();
    }

    /// Tells everyone what a commit made durable, and starts what has become due.
    void afterCommit() {
        state.groupDurable(marks.durableGroup());
        checkpoints.tellOfRoom();
        if (checkpoints.isDue()) {
            flushWorker.signal();
        }
        prepareInTime();
    }

    private void prepareInTime() {
        if (checkpoints.isFileDue()) {
            prepareWorker.signal();
        }
    }

    /// The same, for a commit on an appender's thread: sees to it that what it wrote is forced in time.
    void afterInlineCommit() {
        afterCommit();
        if (config.policy() instanceof FsyncPolicy.Interval && !forceScheduled) {
            commitWorker.signal();
        }
    }

    void stop() {
        commitWorker.stop();
        flushWorker.stop();
        prepareWorker.stop();
    }

    /// Whatever ends this worker ends the engine, too: nothing would become durable any more, and nobody would know.
    private long guardedCommitStep() {
        try {
            return commitStep();
        } catch (RuntimeException | Error e) {
            state.fail(e);
            throw e;
        }
    }

    private long commitStep() {
        while (committer.commit()) {
            afterCommit();
            if (forceIsDue()) {
                break;
            }
        }
        if (!(config.policy() instanceof FsyncPolicy.Interval(int intervalMs)) || state.failure() != null) {
            return Long.MAX_VALUE;
        }
        if (forceIsDue()) {
            if (committer.commitAndForce(() -> {})) {
                afterCommit();
            }
            lastForceNs = clock.nanoTime();
        }
        // Before the look: whoever commits after it sees that it has to signal.
        forceScheduled = false;
        if (marks.forcedGroup() == marks.durableGroup()) {
            return Long.MAX_VALUE;
        }
        forceScheduled = true;
        return Math.max(1, intervalMs * 1_000_000L - (clock.nanoTime() - lastForceNs));
    }

    private boolean forceIsDue() {
        return config.policy() instanceof FsyncPolicy.Interval(int intervalMs)
                && marks.forcedGroup() < marks.durableGroup()
                && clock.nanoTime() - lastForceNs >= intervalMs * 1_000_000L;
    }

    private long flushStep() {
        long delayNs = run(EngineState.Shortage.FLUSHING, this::flush);
        if (delayNs == Long.MAX_VALUE && !isOver() && checkpoints.isFlushAwaited()) {
            // No one else hears of what the step's own commits made durable.
            flushWorker.signal();
        }
        return delayNs;
    }

    private void flush() throws IOException {
        boolean more = true;
        while (more) {
            more = checkpoints.step();
            // A checkpoint lets the journal have another file, and an append may be waiting for nothing else.
            prepareInTime();
        }
    }

    private long prepareStep() {
        return run(EngineState.Shortage.PREPARING, checkpoints::prepareFiles);
    }

    private long waitForSpace(EngineState.Shortage shortage, ShortageException cause) {
        try {
            if (checkpoints.dropSpares()) {
                return 1;
            }
            state.diskFull(shortage, String.valueOf(cause.getMessage()));
            return RETRY_NS;
        } catch (IOException e) {
            state.fail(e);
            return Long.MAX_VALUE;
        }
    }

    private boolean isOver() {
        return state.failure() != null || state.isClosed();
    }

    /// Work of which a part may be done.
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    /// Lack of space, or of descriptors, is waited out; every other error is final.
    private long run(EngineState.Shortage shortage, Work work) {
        if (isOver()) {
            return Long.MAX_VALUE;
        }
        try {
            work.run();
            checkpoints.checkRoom();
            state.diskHasRoom(shortage);
            checkpoints.tellOfRoom();
            return Long.MAX_VALUE;
        } catch (ShortageException e) {
            return waitForSpace(shortage, e);
        } catch (IOException e) {
            state.fail(e);
            return Long.MAX_VALUE;
        } catch (RuntimeException | Error e) {
            state.fail(e);
            throw e;
        }
    }
}
