package io.walrus.consensus;

import org.apache.ratis.protocol.RaftPeerId;

/// Node ids as Ratis knows them: their decimal digits.
final class NodeIds {
    private NodeIds() {}

    static RaftPeerId toPeer(long nodeId) {
        return RaftPeerId.valueOf(Long.toString(nodeId));
    }

    static long fromPeer(RaftPeerId peerId) {
        return Long.parseLong(peerId.toString());
    }
}
