package io.walrus.testkit.disk;

/// A promise of the disk that a [SimDisk] can be told to break, to show that the checks notice.
public enum Lie {
    /// [io.walrus.storage.io.DiskFile#force] returns without making anything durable.
    FORCE,
    /// Writes to files opened for forced writing are not durable when they return.
    FORCED_WRITE,
    /// [io.walrus.storage.io.Disk#forceDirectory] returns without making anything durable.
    FORCE_DIRECTORY
}
