package io.walrus.storage.engine;

/// A picture of an engine at one moment.
///
/// @param state what it can do
/// @param reason why it is not OK, or empty
/// @param journalBytes bytes of the journal that a recovery would scan
/// @param unflushedBytes durable journal bytes not yet in stream files
/// @param usableBytes bytes free on the disk when last looked, or -1 if never
/// @param durableGroup the newest durable group, -1 before the first
/// @param checkpoints checkpoints taken since opening
/// @param streams streams there are
public record EngineStatus(
        State state,
        String reason,
        long journalBytes,
        long unflushedBytes,
        long usableBytes,
        long durableGroup,
        long checkpoints,
        int streams) {
    /// What an engine can do.
    public enum State {
        OK,
        /// Reads go on, appends are refused until there is space again.
        DISK_FULL,
        /// Reads go on, appends never again.
        READ_ONLY,
        CLOSED
    }
}
