package io.walrus.consensus.raft;

import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/// Node ids as Ratis knows them: their decimal digits.
public final class NodeIds {
    private NodeIds() {}

    public static RaftPeerId toPeer(long nodeId) {
        return RaftPeerId.valueOf(Long.toString(nodeId));
    }

    /// A member of the group, for Ratis.
    ///
    /// @param address `host:port`
    public static RaftPeer peer(long nodeId, String address) {
        return RaftPeer.newBuilder().setId(toPeer(nodeId)).setAddress(address).build();
    }

    public static long fromPeer(RaftPeerId peerId) {
        return Long.parseLong(peerId.toString());
    }
}
