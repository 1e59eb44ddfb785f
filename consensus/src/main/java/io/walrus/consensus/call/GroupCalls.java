package io.walrus.consensus.call;

/// Answers the calls of other nodes about the group; requests and answers are bytes of [GroupCodec]. Each call runs on
/// a virtual thread of its own and may block.
public interface GroupCalls {
    /// Proposes a command on this node only.
    byte[] propose(byte[] request) throws InternalCallException;

    byte[] ask();

    byte[] join(byte[] request) throws InternalCallException;

    byte[] remove(byte[] request) throws InternalCallException;
}
