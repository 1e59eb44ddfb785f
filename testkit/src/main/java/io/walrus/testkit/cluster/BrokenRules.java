package io.walrus.testkit.cluster;

import io.walrus.node.replicate.SealRules;

/// The rules of sealing, with one of them broken.
final class BrokenRules extends SealRules {
    private final Sabotage sabotage;

    BrokenRules(Sabotage sabotage) {
        this.sabotage = sabotage;
    }

    @Override
    public boolean isSealQuorum(int count, int replicas) {
        return super.isSealQuorum(count, replicas) || (sabotage == Sabotage.MINORITY_SEALS && count > 0);
    }

    @Override
    public boolean copiesTail() {
        return sabotage != Sabotage.SKIPPED_TAILS;
    }

    @Override
    public boolean joinsWhenWhole() {
        return sabotage != Sabotage.EARLY_JOINS;
    }

    @Override
    public boolean asksBeforeReleasing() {
        return sabotage != Sabotage.UNASKED_RELEASES;
    }

    @Override
    public boolean keepsDamagedUntilReplaced() {
        return sabotage != Sabotage.DROPPED_DAMAGED;
    }

    @Override
    public boolean mayLead(boolean openedInThisRun) {
        return openedInThisRun || sabotage == Sabotage.RESUMED_SEGMENTS;
    }
}
