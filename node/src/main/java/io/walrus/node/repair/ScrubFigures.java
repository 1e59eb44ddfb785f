package io.walrus.node.repair;

/// How far a node is with the scrub of its copies.
///
/// @param roundBeganMs when the round that is under way, or ended last, began, in milliseconds since the Unix epoch
/// @param roundEndedMs when the last one ended; -1 if none has since the node started
/// @param checkedBytes bytes of the disk that were looked at since the node started
/// @param damagedFound copies that were found damaged by that
public record ScrubFigures(long roundBeganMs, long roundEndedMs, long checkedBytes, long damagedFound) {}
