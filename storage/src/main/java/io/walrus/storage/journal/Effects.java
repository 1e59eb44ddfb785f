package io.walrus.storage.journal;

/// What a group's records do to the streams, gathered while it fills and published once it is durable.
public interface Effects {
    /// The group is complete; nothing is added any more. Under the append lock.
    void seal();

    /// The group is durable: makes what it did visible and forgets it. Under the commit lock.
    void publish();
}
