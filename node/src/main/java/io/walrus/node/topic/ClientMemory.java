package io.walrus.node.topic;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that clients' requests and replies take, those of all connections together. Thread-safe.
///
/// A connection may hold an eighth of what is free, and 4 MiB at most: however many hold on to replies that their
/// clients do not read, some is left for the others. A connection that holds nothing may take one entry from whatever
/// is free, but for the last eighth, which is for short ones. Where that is not enough, the memory is short, and
/// connections that do nothing with theirs are to be closed.
public final class ClientMemory {
    /// What one connection holds at most, but for one entry that is longer.
    static final long MAX_HELD_BYTES = 4 << 20;
    private static final int SHARE = 8;
    private static final long SHORT_BYTES = 64 << 10;

    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong shortages = new AtomicLong();

    public ClientMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Counts bytes; negative when they are let go. What is there already is counted, allowed or not.
    public void hold(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    /// Whether one who holds so many bytes may take requests, whose size is not known.
    boolean allowsMore(long held) {
        return held == 0 ? allowsOne(1) : held < share();
    }

    /// Whether one who holds so many bytes may hold `more` of them.
    boolean allows(long held, long more) {
        return held == 0 ? allowsOne(more) : held + more <= share();
    }

    /// Whether so much is free. An entry that was stored when more was allowed, and is longer than half of all there
    /// is, counts as half.
    boolean allowsOne(long bytes) {
        long most = bytes <= SHORT_BYTES ? maxBytes : mostOfLong();
        boolean allowed = Math.min(bytes, maxBytes / 2) <= most - usedBytes.get();
        if (!allowed) {
            shortages.incrementAndGet();
        }
        return allowed;
    }

    private long share() {
        return Math.clamp((mostOfLong() - usedBytes.get()) / SHARE, 0, MAX_HELD_BYTES);
    }

    private long mostOfLong() {
        return maxBytes - maxBytes / SHARE;
    }

    /// How often one who held nothing was refused so far.
    public long shortages() {
        return shortages.get();
    }

    long usedBytes() {
        return usedBytes.get();
    }
}
