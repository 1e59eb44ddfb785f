package io.walrus.storage.journal;

import io.walrus.storage.io.Clock;

/// How far the parts of a journal are, and since when they are at what they do: numbers that one part writes and any
/// thread reads. All but the times only grow.
///
/// `forcedGroup` ≤ `durableGroup` at all times, and equal to it where each group is forced as it is written.
public final class Watermarks {
    /// Below the number of every group: what holds before the first one.
    public static final long NO_GROUP = -1;

    /// Stands for a time while nothing is being written.
    static final long IDLE = Long.MIN_VALUE;

    /// Written by the committer, under the commit lock; the end before the group.
    private volatile long durableEnd;

    private volatile long durableGroup;
    private volatile long forcedGroup;

    /// When the first of the groups was begun that the committer has taken and not yet written.
    private volatile long committingSinceNs = IDLE;

    /// Written by the flush.
    private volatile long flushedEnd;

    /// Written by the appender that enters a block, under the append lock.
    private volatile long headFile;

    private final Clock clock;

    Watermarks(JournalStart start, long headFile, Clock clock) {
        this.clock = clock;
        this.durableEnd = start.head();
        this.flushedEnd = start.head();
        this.durableGroup = start.nextGroup() - 1;
        this.forcedGroup = start.nextGroup() - 1;
        this.headFile = headFile;
    }

    /// The newest durable group: written, and forced if the policy has each group forced. [#NO_GROUP] before the first.
    public long durableGroup() {
        return durableGroup;
    }

    /// Position behind the newest durable group.
    public long durableEnd() {
        return durableEnd;
    }

    /// The newest group that is on the device, whatever the policy.
    public long forcedGroup() {
        return forcedGroup;
    }

    /// All below is in stream files.
    public long flushedEnd() {
        return flushedEnd;
    }

    /// The file appends have reached.
    public long headFile() {
        return headFile;
    }

    /// Says that all below `position` is in stream files. For one thread at a time.
    public void flushed(long position) {
        if (position > flushedEnd) {
            flushedEnd = position;
        }
    }

    void durable(CommitGroup<?> group) {
        durableEnd = group.paddedEnd;
        durableGroup = group.number;
    }

    void forced(long group) {
        forcedGroup = group;
    }

    long nowNs() {
        return clock.nanoTime();
    }

    /// The committer is about to write a group begun at `sinceNs`, or has nothing to write.
    void committing(long sinceNs) {
        committingSinceNs = sinceNs;
    }

    long committingSinceNs() {
        return committingSinceNs;
    }

    void reachedFile(long file) {
        headFile = file;
    }
}
