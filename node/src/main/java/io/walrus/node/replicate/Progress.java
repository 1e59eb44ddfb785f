package io.walrus.node.replicate;

/// How far one follower is with one segment, as its leader knows. Guarded by the node's lock, but for [#durable].
final class Progress {
    private final LedSegment segment;
    private final long nodeId;
    private volatile long durable;
    private long next;
    private int course;
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

    LedSegment segment() {
        return segment;
    }

    long nodeId() {
        return nodeId;
    }

    /// Records that the follower holds for good. From any thread.
    long durable() {
        return durable;
    }

    /// The sequence of the next record to send.
    long next() {
        return next;
    }

    void sent(long behind) {
        next = behind;
    }

    /// Changes whenever sending begins anew at another record. What was sent in an earlier course says nothing about
    /// where to go on.
    int course() {
        return course;
    }

    void reached(long records) {
        durable = Math.max(durable, records);
    }

    /// Sends from here on.
    void restart(long from) {
        next = from;
        course++;
        stopped = false;
    }

    /// Sends nothing until something changes, or for a while.
    void stop(long until) {
        stopped = true;
        againNs = until;
    }

    boolean isStoppedUntil(long nowNs) {
        return stopped && nowNs - againNs < 0;
    }

    boolean isStopped() {
        return stopped;
    }

    /// Sends one record at a time until one is taken, as the last were not.
    ///
    /// @param lacksRoom whether that was because the follower's disk is full
    void refused(boolean lacksRoom) {
        cautious = true;
        full = lacksRoom;
    }

    /// Something was taken.
    ///
    /// @return whether that ends being cautious
    boolean taken() {
        boolean was = cautious;
        cautious = false;
        full = false;
        return was;
    }

    /// Whether one record at a time is sent.
    boolean isCautious() {
        return cautious;
    }

    /// Whether the follower's disk is full.
    boolean isFull() {
        return full;
    }

    void fence() {
        fenced = true;
    }

    boolean isFenced() {
        return fenced;
    }

    boolean isReading() {
        return reading;
    }

    void reading(boolean now) {
        reading = now;
    }

    void confirm(long sentNs) {
        if (!everConfirmed || sentNs - confirmedNs > 0) {
            everConfirmed = true;
            confirmedNs = sentNs;
        }
    }

    boolean isConfirmedSince(long sinceNs) {
        return everConfirmed && confirmedNs - sinceNs >= 0;
    }
}
