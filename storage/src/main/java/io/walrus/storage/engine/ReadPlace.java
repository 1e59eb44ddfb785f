package io.walrus.storage.engine;

/// Where in a stream's file a read stopped, so that a later one goes on there, with whatever buffer. It is passed over
/// once the stream has another file there.
///
/// @param epoch of the file
/// @param record the first that was not read
/// @param entry the first of that record
/// @param offset the byte of the file where that record begins
public record ReadPlace(int epoch, long record, long entry, long offset) {}
