package io.walrus.node.membership;

import io.walrus.node.part.Now;

/// This node's permission to lead the segments that the metadata has it lead: held for a while after the metadata's
/// leader last confirmed that this node knows all that was decided. Guarded by the node's lock.
///
/// The while is counted from when the question was sent, so it ends here before anyone else counts it as ended.
public final class Lease {
    private final Now now;
    private final long durationNs;
    private long untilNs;
    private boolean everHeld;
    private long askedNs;
    private long neededVersion;
    private boolean answerWaits;
    private long syncedNs;

    /// A lease that is not held yet.
    ///
    /// @param durationNs how long a confirmation lasts
    public Lease(Now now, long durationNs) {
        this.now = now;
        this.durationNs = durationNs;
    }

    /// Whether this node may append at this moment.
    public boolean holds() {
        return everHeld && now.ns() - untilNs < 0;
    }

    /// This node leads the metadata itself, with all that was decided applied.
    void renew() {
        renewFrom(now.ns());
    }

    private void renewFrom(long sinceNs) {
        everHeld = true;
        untilNs = sinceNs + durationNs;
        syncedNs = sinceNs;
        answerWaits = false;
    }

    /// The metadata's leader answered a question sent at `sentNs`: it has applied `version` changes. An earlier answer
    /// that waits for this node to follow is not given up for it: changes may come faster than answers.
    void answered(long sentNs, long version, long appliedVersion) {
        applied(appliedVersion);
        if (!answerWaits) {
            askedNs = sentNs;
            neededVersion = version;
            answerWaits = true;
            applied(appliedVersion);
        }
    }

    /// This node has applied so many changes by now.
    void applied(long version) {
        if (answerWaits && version >= neededVersion) {
            renewFrom(askedNs);
        }
    }

    /// Whether this node has yet to apply what the metadata's leader had when it answered.
    boolean isBehind() {
        return answerWaits;
    }

    /// Whether everything that was decided before `sinceNs` is known here.
    boolean isSyncedSince(long sinceNs) {
        return everHeld && syncedNs - sinceNs >= 0;
    }
}
