package io.walrus.consensus;

/// Answers calls that other nodes make through an [InternalClient]. Each call runs on a virtual thread of its own and
/// may block. The bytes carry a version of the caller's own choosing; this layer does not look at them.
@FunctionalInterface
public interface InternalHandler {
    /// Answers one call.
    ///
    /// @throws InternalCallException to tell the caller, in one line, that the call was refused
    byte[] handle(byte[] request) throws InternalCallException;
}
