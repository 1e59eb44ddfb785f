package io.walrus.node.port;

/// How far a scrub is.
///
/// @param roundBeganMs when its round began, in milliseconds since the Unix epoch
/// @param stream the log's stream that is next
/// @param record where to go on in it
public record ScrubPlace(long roundBeganMs, int stream, long record) {}
