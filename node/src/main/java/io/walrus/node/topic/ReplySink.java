package io.walrus.node.topic;

import java.nio.ByteBuffer;

/// Takes a connection's replies, in the order of its requests. Called by the connection's own thread only.
public interface ReplySink {
    /// Whether it takes one more reply for now.
    boolean hasRoom();

    /// `OK`
    void ok();

    /// `OK payload`
    void ok(ByteBuffer payload);

    /// `OK nextOffset payload`
    void okFetched(long nextOffset, ByteBuffer payload);

    /// A JSON body, with or without the `OK ` before it as configured.
    void json(String body);

    /// `EMPTY`
    void empty();

    /// `ERR message`
    void error(String message);
}
