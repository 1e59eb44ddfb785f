package io.walrus.storage.journal;

/// How far the parts of a journal are: numbers that only grow, each written by one part and read by any thread.
///
/// `forcedGroup` ≤ `durableGroup` at all times, and equal to it where each group is forced as it is written.
public final class Watermarks {
    /// Below the number of every group: what holds before the first one.
    public static final long NO_GROUP = -1;

    /// Written by the committer, under the commit lock; the end before the group.
    private volatile long durableEnd;

    private volatile long durableGroup;
    private volatile long forcedGroup;

    /// Written by the flush.
    private volatile long flushedEnd;

    /// Written by the appender that enters a block, under the append lock.
    private volatile long headFile;

    Watermarks(JournalStart start, long headFile) {
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

    void reachedFile(long file) {
        headFile = file;
    }
}
