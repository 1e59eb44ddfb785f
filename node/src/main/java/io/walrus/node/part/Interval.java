package io.walrus.node.part;

/// Tells when something is due that is done every so often, for the first time at once. Guarded by the node's lock.
public final class Interval {
    private final Now now;
    private final long lengthNs;
    private boolean begun;
    private long lastNs;

    public Interval(Now now, long lengthNs) {
        this.now = now;
        this.lengthNs = lengthNs;
    }

    /// Whether it is due; if so, the next time is an interval from now.
    public boolean takeDue() {
        if (begun && now.ns() - lastNs < lengthNs) {
            return false;
        }
        begun = true;
        lastNs = now.ns();
        return true;
    }
}
