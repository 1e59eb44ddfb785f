package io.walrus.consensus.call;

/// Answers what other nodes ask about the group itself, as [GroupCodec] has it. Each call runs on a virtual thread of
/// its own and may block.
public interface GroupCalls {
    /// Proposes a command here, and nowhere else.
    byte[] propose(byte[] request) throws InternalCallException;

    byte[] ask();

    byte[] join(byte[] request) throws InternalCallException;

    byte[] remove(byte[] request) throws InternalCallException;
}
