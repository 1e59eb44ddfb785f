package io.walrus.storage.engine;

/// What opening a data directory found.
///
/// @param clean whether the last owner had closed it
/// @param groups commit groups replayed from the journal
/// @param records records replayed
/// @param bytes journal bytes replayed
/// @param tornTail whether a last group was found that is incomplete, and was dropped; one of which not even the header
///     is whole can't be told from bytes of an earlier use of the file, and is dropped without this saying so
/// @param holes whether complete groups behind a missing one were dropped, which only an unforced policy allows
/// @param warning one line for the operator, or empty
/// @param durationNs how long opening took
public record RecoveryReport(
        boolean clean,
        long groups,
        long records,
        long bytes,
        boolean tornTail,
        boolean holes,
        String warning,
        long durationNs) {}
