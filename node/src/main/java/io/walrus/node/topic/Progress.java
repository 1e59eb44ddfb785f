package io.walrus.node.topic;

/// How far one follower is with one segment, as its leader knows. Guarded by the node's lock, but for [#durable].
public final class Progress {
    private final LedSegment segment;
    private final long nodeId;
    private volatile long durable;
    private long next;
    private int epoch;
    private boolean reading;
    private boolean stopped;
    private boolean fenced;
    private boolean cautious;
    private boolean full;
    private long againNs;
    private boolean everConfirmed;
    private long confirmedNs;

    Progress(LedSegment segment, long nodeId) {
        this.segment = segment;
        this.nodeId = nodeId;
    }

    public LedSegment segment() {
        return segment;
    }

    public long nodeId() {
        return nodeId;
    }

    /// Records that the follower holds for good. From any thread.
    public long durable() {
        return durable;
    }

    /// The sequence of the next record to send.
    public long next() {
        return next;
    }

    public void sent(long behind) {
        next = behind;
    }

    /// Changes whenever sending begins anew at another record. What was sent in an earlier epoch says nothing about
    /// where to go on.
    public int epoch() {
        return epoch;
    }

    public void reached(long records) {
        durable = Math.max(durable, records);
    }

    /// Sends from here on.
    public void restart(long from) {
        next = from;
        epoch++;
        stopped = false;
    }

    /// Sends nothing until something changes, or for a while.
    public void stop(long until) {
        stopped = true;
        againNs = until;
    }

    public boolean isStoppedUntil(long nowNs) {
        return stopped && nowNs - againNs < 0;
    }

    public boolean isStopped() {
        return stopped;
    }

    /// Sends one record at a time until one is taken, as the last were not.
    ///
    /// @param lacksRoom whether that was because the follower's disk is full
    public void refused(boolean lacksRoom) {
        cautious = true;
        full = lacksRoom;
    }

    /// Something was taken.
    ///
    /// @return whether that ends being cautious
    public boolean taken() {
        boolean was = cautious;
        cautious = false;
        full = false;
        return was;
    }

    /// Whether one record at a time is sent.
    public boolean isCautious() {
        return cautious;
    }

    /// Whether the follower's disk is full.
    boolean isFull() {
        return full;
    }

    public void fence() {
        fenced = true;
    }

    public boolean isFenced() {
        return fenced;
    }

    public boolean isReading() {
        return reading;
    }

    public void reading(boolean now) {
        reading = now;
    }

    public void confirm(long sentNs) {
        if (!everConfirmed || sentNs - confirmedNs > 0) {
            everConfirmed = true;
            confirmedNs = sentNs;
        }
    }

    boolean isConfirmedSince(long sinceNs) {
        return everConfirmed && confirmedNs - sinceNs >= 0;
    }
}
