package io.walrus.testkit.disk;

/// A promise of the disk that a [SimDisk] can be told to break, to show that the checks notice.
///
/// @param pathPrefix the files or directories it is broken for
public record Lie(Promise promise, String pathPrefix) {
    /// What a disk promises.
    public enum Promise {
        /// What was written before [io.walrus.storage.io.DiskFile#force] is durable when that returns.
        FORCE,
        /// Writes to files opened for forced writing are durable when they return.
        FORCED_WRITE,
        /// Names are durable when [io.walrus.storage.io.Disk#forceDirectory] returns.
        FORCE_DIRECTORY
    }
}
