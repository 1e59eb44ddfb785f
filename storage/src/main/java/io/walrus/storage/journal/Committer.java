package io.walrus.storage.journal;

import io.walrus.storage.error.Invariants;
import io.walrus.storage.io.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The writing end of the journal: writes what appenders filled, a group at a time, and publishes it. Any thread may
/// commit; the commit lock lets one at a time.
///
/// What a crash leaves: any part of the group that was being written, and under an unforced policy, if the machine
/// stops, any part of any group since the last force. A group counts whole or not at all, by its checksums, and the
/// scan ends the journal before the first that is not whole: [GroupScanner]. Nobody was told of a group before its
/// write, and under `group` its force, returned. The flag FORCED in a group's record says that all before it were on
/// the device when it was written, so that damage in one of them is never taken for a torn end.
///
/// What a failed write or force left is unknown. It is never tried again: `onFailure` hears of the first, and nothing
/// becomes durable after that.
///
/// @param <E> what a group's records do to the streams
public final class Committer<E extends Effects> {
    private final Geometry geometry;
    private final Ring ring;
    private final JournalFiles files;
    private final Clock clock;
    private final GroupBuffer<E> buffer;
    private final Watermarks marks;
    private final Consumer<Throwable> onFailure;
    private final boolean forcedWrites;

    /// Held while files are forced. A checkpoint forces all files before it recycles some, and so waits for a force
    /// under way; a later one finds those files forced, and does not touch them.
    private final ReentrantLock forceLock = new ReentrantLock();

    private final ReentrantLock commitLock = new ReentrantLock();

    // Guarded by the commit lock.
    private final CRC32C crc = new CRC32C();
    private final List<CommitGroup<E>> committing = new ArrayList<>();
    private boolean failed;

    Committer(
            JournalFiles files,
            Ring ring,
            Clock clock,
            GroupBuffer<E> buffer,
            Watermarks marks,
            Consumer<Throwable> onFailure) {
        this.geometry = files.geometry();
        this.ring = ring;
        this.files = files;
        this.clock = clock;
        this.buffer = buffer;
        this.marks = marks;
        this.onFailure = onFailure;
        this.forcedWrites = files.forcesWrites();
    }

    /// Commits everything appended before the call.
    ///
    /// @return whether there was something
    public boolean commit() {
        commitLock.lock();
        try {
            return commitSealed(false);
        } finally {
            commitLock.unlock();
        }
    }

    /// Like [#commit], unless another thread is committing, which may have begun before what was appended last.
    ///
    /// @return false if another thread is
    public boolean tryCommit() {
        if (!commitLock.tryLock()) {
            return false;
        }
        try {
            commitSealed(false);
            return true;
        } finally {
            commitLock.unlock();
        }
    }

    /// Commits everything appended before the call and forces it, whatever the policy, then runs `then` before the next
    /// commit.
    ///
    /// @return false if it failed, and `then` did not run
    public boolean commitAndForce(Runnable then) {
        forceLock.lock();
        try {
            IOException failure = forceAhead();
            commitLock.lock();
            try {
                if (failure != null) {
                    fail(failure);
                }
                commitSealed(true);
                if (!failed && !forcedWrites) {
                    force();
                }
                if (failed) {
                    return false;
                }
                then.run();
                return true;
            } finally {
                commitLock.unlock();
            }
        } finally {
            forceLock.unlock();
        }
    }

    /// Finds something out while no commit is under way. Commits wait for it.
    public <T> T betweenCommits(Supplier<T> what) {
        commitLock.lock();
        try {
            return what.get();
        } finally {
            commitLock.unlock();
        }
    }

    /// Forces what is written by now, so that commits, which go on meanwhile, wait only for the little that came since.
    ///
    /// @return the failure, if there was one
    private @Nullable IOException forceAhead() {
        try {
            files.forceAhead();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private void force() {
        long upTo = marks.durableGroup();
        if (marks.forcedGroup() == upTo) {
            return;
        }
        try {
            files.forceAll();
            marks.forced(upTo);
        } catch (IOException e) {
            fail(e);
        }
    }

    private boolean commitSealed(boolean alignNext) {
        buffer.exchange(committing, alignNext);
        if (committing.isEmpty() || failed) {
            return false;
        }
        try {
            for (int i = 0; i < committing.size(); i++) {
                CommitGroup<E> group = committing.get(i);
                marks.committing(group.begunNs);
                write(group);
                group.effects.publish();
                if (forcedWrites) {
                    marks.forced(group.number);
                }
                marks.durable(group);
            }
            marks.committing(Watermarks.IDLE);
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    private void write(CommitGroup<E> group) throws IOException {
        Invariants.check(group.number == marks.durableGroup() + 1, "groups are written in order");
        JournalFile file = files.file(geometry.fileOf(group.start));
        ByteBuffer view = ring.commitView(group.start);
        int start = ring.indexOf(group.start);
        int end = start + (int) (group.end - group.start);
        int paddedEnd = start + (int) (group.paddedEnd - group.start);
        Invariants.check(paddedEnd <= geometry.blockBytes(), "a group ends in the block it began in");
        for (int i = end; i < paddedEnd; i++) {
            view.put(i, (byte) 0);
        }
        GroupFormat.write(
                view,
                start,
                group.number,
                end - start - GroupFormat.BYTES,
                group.records,
                marks.forcedGroup() == group.number - 1,
                clock.currentTimeMillis(),
                file.mask(),
                crc);
        view.limit(paddedEnd).position(start);
        try {
            file.write(group.start, view);
        } finally {
            view.clear();
        }
    }

    private void fail(Throwable cause) {
        if (!failed) {
            failed = true;
            onFailure.accept(cause);
        }
    }
}
