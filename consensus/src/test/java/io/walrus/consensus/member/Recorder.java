package io.walrus.consensus.member;

import io.walrus.consensus.MetadataListener;
import io.walrus.metadata.Applied;
import io.walrus.metadata.ClusterState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// Remembers what a listener is told.
class Recorder implements MetadataListener {
    final List<Long> restored = new CopyOnWriteArrayList<>();
    final List<Long> applied = new CopyOnWriteArrayList<>();
    final List<Long> leaders = new CopyOnWriteArrayList<>();
    final List<Long> termsLed = new CopyOnWriteArrayList<>();
    /// Nothing is applied before this is at zero.
    private final CountDownLatch mayApply;

    final List<String> failures = new CopyOnWriteArrayList<>();
    volatile ClusterState state = ClusterState.EMPTY;
    /// What was known here when the present leader was heard of.
    volatile ClusterState knownOfLeader = ClusterState.EMPTY;

    Recorder() {
        this(new CountDownLatch(0));
    }

    Recorder(CountDownLatch mayApply) {
        this.mayApply = mayApply;
    }

    @Override
    public void restored(long index, ClusterState newState) {
        restored.add(index);
        state = newState;
    }

    @Override
    public void applied(long index, Applied result) {
        try {
            mayApply.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("stopped before it was let go on", e);
        }
        applied.add(index);
        state = result.state();
    }

    @Override
    public void leaderChanged(long leaderId) {
        leaders.add(leaderId);
        knownOfLeader = state;
    }

    @Override
    public void leaderReady(long term) {
        termsLed.add(term);
    }

    @Override
    public void failed(String reason) {
        failures.add(reason);
    }
}
