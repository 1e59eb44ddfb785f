package io.walrus.node.peer;

/// What the metadata's leader knows of a node.
///
/// @param isAlive whether it was heard of late, and its log has not failed
/// @param silentMs how long ago it was last heard, in milliseconds
public record NodeReport(long nodeId, LogHealth health, boolean isAlive, long silentMs) {}
