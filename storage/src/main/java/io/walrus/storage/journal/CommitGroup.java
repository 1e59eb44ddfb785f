package io.walrus.storage.journal;

/// A commit group between its first record and its publication. Reused.
final class CommitGroup<E extends Effects> {
    final E effects;
    long number;
    /// When it was begun, a little before its first record.
    long begunNs;
    /// Position of the group record.
    long start;
    /// Position behind the last record.
    long end;
    /// Position behind the padding.
    long paddedEnd;
    int records;

    CommitGroup(E effects) {
        this.effects = effects;
    }
}
