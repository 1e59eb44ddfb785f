package io.walrus.protocol;

import java.time.Duration;

/// How long nodes and clients wait unless they are set otherwise. They stand side by side because of their order: a
/// node gives up on others first, and says what it knows, before its client gives up on the node and knows nothing.
public final class ReplyTimes {
    /// How long a request may wait in a node for other nodes.
    public static final Duration NODE_PATIENCE = Duration.ofSeconds(10);

    /// How long a client waits for a node that owes it a reply. The rest is for a node that asks another one, for the
    /// ticks in which nodes look at their clocks, and for the network.
    public static final Duration CLIENT_PATIENCE = NODE_PATIENCE.plusSeconds(5);

    private ReplyTimes() {}
}
