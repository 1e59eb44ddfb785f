package io.walrus.storage;

/// One entry of a topic.
///
/// @param offset its number in the topic, from 0, without gaps
/// @param timestampMs when it was appended, in milliseconds since the Unix epoch
/// @param payload its bytes, the caller's to keep
public record Entry(long offset, long timestampMs, byte[] payload) {}
