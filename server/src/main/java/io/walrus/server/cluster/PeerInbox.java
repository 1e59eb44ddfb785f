package io.walrus.server.cluster;

import io.walrus.node.Node;
import io.walrus.transport.PeerChannel;
import io.walrus.transport.PeerListener;
import java.nio.ByteBuffer;

/// Tells the node what other nodes send, with the node's lock held, on the network thread that received it.
final class PeerInbox implements PeerListener {
    private final Node node;

    PeerInbox(Node node) {
        this.node = node;
    }

    @Override
    public void received(PeerChannel channel, ByteBuffer message) {
        node.enter();
        try {
            node.peerMessage(channel, message);
        } finally {
            node.exit();
        }
    }

    @Override
    public void closed(PeerChannel channel, String reason) {
        node.enter();
        try {
            node.peerClosed(channel, reason);
        } finally {
            node.exit();
        }
    }
}
