package io.walrus.storage.engine;

import io.walrus.storage.io.Clock;
import io.walrus.storage.io.DiskFullException;
import io.walrus.storage.io.Workers;
import io.walrus.storage.journal.Journal;
import io.walrus.storage.journal.JournalFiles;
import java.io.IOException;

/// The engine's workers: one commits, one flushes and takes checkpoints, one prepares journal files.
final class Background {
    private static final long RETRY_NS = 1_000_000_000L;

    private final EngineConfig config;
    private final Clock clock;
    private final EngineState state;
    private final Journal<GroupEffects> journal;
    private final JournalFiles journalFiles;
    private final Checkpoints checkpoints;
    private final Workers.Worker committer;
    private final Workers.Worker flusher;
    private final Workers.Worker preparer;

    // Owned by the committer.
    private long lastForceNs;

    /// Whether the committer will look by itself whether a force is due.
    private volatile boolean forceScheduled;

    Background(
            EngineConfig config,
            Clock clock,
            Workers workers,
            EngineState state,
            Journal<GroupEffects> journal,
            JournalFiles journalFiles,
            Checkpoints checkpoints) {
        this.config = config;
        this.clock = clock;
        this.state = state;
        this.journal = journal;
        this.journalFiles = journalFiles;
        this.checkpoints = checkpoints;
        this.lastForceNs = clock.nanoTime();
        // The committer wakes the others, so it is the last to start.
        this.flusher = workers.start("stream-writer", this::flushStep);
        this.preparer = workers.start("journal-files", this::prepareStep);
        this.committer = workers.start("journal", this::commitStep);
        preparer.signal();
        flusher.signal();
    }

    /// Something was appended and waits for its commit.
    void appended() {
        committer.signal();
    }

    /// Something waits for room.
    void wake() {
        committer.signal();
        flusher.signal();
        preparer.signal();
    }

    /// Tells everyone what a commit made durable, and starts what has become due.
    void afterCommit() {
        state.groupDurable(journal.durableGroup());
        checkpoints.tellOfRoom();
        if (checkpoints.isDue()) {
            flusher.signal();
        }
        prepareInTime();
    }

    private void prepareInTime() {
        if (checkpoints.isFileDue()) {
            preparer.signal();
        }
    }

    /// The same, for a commit on an appender's thread: sees to it that what it wrote is forced in time.
    void afterInlineCommit() {
        afterCommit();
        if (config.policy() instanceof FsyncPolicy.Interval && !forceScheduled) {
            committer.signal();
        }
    }

    void stop() {
        committer.stop();
        flusher.stop();
        preparer.stop();
    }

    private long commitStep() {
        while (journal.commit()) {
            afterCommit();
            if (forceIsDue()) {
                break;
            }
        }
        if (!(config.policy() instanceof FsyncPolicy.Interval(int intervalMs)) || state.failure() != null) {
            return Long.MAX_VALUE;
        }
        if (forceIsDue()) {
            if (journal.commitAndForce(() -> {})) {
                afterCommit();
            }
            lastForceNs = clock.nanoTime();
        }
        // Before the look: whoever commits after it sees that it has to signal.
        forceScheduled = false;
        if (journal.forcedGroup() == journal.durableGroup()) {
            return Long.MAX_VALUE;
        }
        forceScheduled = true;
        return Math.max(1, intervalMs * 1_000_000L - (clock.nanoTime() - lastForceNs));
    }

    private boolean forceIsDue() {
        return config.policy() instanceof FsyncPolicy.Interval(int intervalMs)
                && journal.forcedGroup() < journal.durableGroup()
                && clock.nanoTime() - lastForceNs >= intervalMs * 1_000_000L;
    }

    private long flushStep() {
        long delayNs = run(EngineState.Shortage.FLUSHING, this::flush);
        if (delayNs == Long.MAX_VALUE && !isOver() && checkpoints.isFlushAwaited()) {
            // No one else hears of what the step's own commits made durable.
            flusher.signal();
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

    private long waitForSpace(EngineState.Shortage shortage, DiskFullException cause) {
        try {
            if (journalFiles.dropSpares()) {
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

    /// Lack of space is waited out; every other error is final.
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
        } catch (DiskFullException e) {
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
