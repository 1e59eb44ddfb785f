package io.walrus.storage;

/// What opening a data directory found.
///
/// @param clean whether the last owner had closed it
/// @param groups commit groups replayed from the journal
/// @param records records replayed
/// @param bytes journal bytes replayed
/// @param tornTail whether the last group was incomplete and was dropped; it had not been acknowledged as durable
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
