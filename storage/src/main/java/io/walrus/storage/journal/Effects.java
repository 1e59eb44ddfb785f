package io.walrus.storage.journal;

/// What a group's records do to the streams, gathered while it fills and published once it is committed.
public interface Effects {
    /// The group is complete; nothing is added any more. Under the append lock.
    void seal();

    /// The group is committed: makes what it did visible and forgets it. Under the commit lock.
    void publish();
}
