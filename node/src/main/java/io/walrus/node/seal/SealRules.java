package io.walrus.node.seal;

/// The rules that keep a sealed segment whole, in one place, when it is sealed and for as long as it is there. Tests
/// break them one by one, to see that it is noticed.
public class SealRules {
    /// Whether so many replicas can speak for all: any two such sets have one in common.
    public boolean isMajority(int count, int replicas) {
        return 2 * count > replicas;
    }

    /// Whether records that fewer than a majority hold are copied before the segment is sealed with them.
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
