package io.walrus.node.replicate;

/// The rules that keep a sealed segment whole, in one place, when it is sealed and for as long as it is there. Tests
/// break them one by one, to see that it is noticed.
public class SealRules {
    /// Whether so many replicas can speak for all: what is acknowledged is on more than half of them, so on one of any
    /// half; and once these are fenced, no more than half are left to acknowledge anything.
    public boolean isSealQuorum(int count, int replicas) {
        return count > 0 && 2 * count >= replicas;
    }

    /// Whether records that too few replicas hold are copied before the segment is sealed with them.
    public boolean copiesTail() {
        return true;
    }

    /// Whether this node's copy of a sealed segment is put on the list only once it has all of it.
    public boolean joinsWhenWhole() {
        return true;
    }

    /// Whether copies are taken off the list only once the others have said that they have all of the segment.
    public boolean asksBeforeReleasing() {
        return true;
    }

    /// Whether a damaged copy stays until another one has taken its place.
    public boolean keepsDamagedUntilReplaced() {
        return true;
    }

    /// Whether this node may append to a segment that it is named leader of.
    ///
    /// @param openedInThisRun whether the segment was opened since this node has started
    public boolean mayLead(boolean openedInThisRun) {
        return openedInThisRun;
    }
}
