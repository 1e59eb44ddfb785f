/// Calls between nodes about the group, beside Raft's own messages at the same port: the requests and answers as
/// bytes, the service that answers and the client that asks, and the port that channels between nodes share.
@NullMarked
package io.walrus.consensus.call;

import org.jspecify.annotations.NullMarked;
