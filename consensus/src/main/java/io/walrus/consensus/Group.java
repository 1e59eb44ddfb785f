package io.walrus.consensus;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// The metadata group as it runs on this node: who leads, and how to reach it.
///
/// @param server the Ratis server
/// @param division the group on that server
record Group(RaftServer server, RaftServer.Division division) {
    /// The same in every cluster: what tells clusters apart is the cluster id in the state.
    static final RaftGroupId ID =
            RaftGroupId.valueOf(UUID.nameUUIDFromBytes("walrus metadata".getBytes(StandardCharsets.UTF_8)));

    /// This node leads, and its state holds all that was committed before. Cheap.
    boolean leads() {
        DivisionInfo info = division.getInfo();
        return info.isLeader() && info.isLeaderReady();
    }

    /// False once the group stopped on this node for good.
    boolean alive() {
        return division.getInfo().isAlive();
    }

    /// 0 if this node knows of no leader. Cheap.
    long leaderId() {
        RaftPeerId leader = division.getInfo().getLeaderId();
        return leader == null ? 0 : NodeIds.fromPeer(leader);
    }

    long nodeId() {
        return NodeIds.fromPeer(division.getId());
    }

    /// By the newest configuration this node knows, committed or not.
    List<RaftPeer> voters() {
        return List.copyOf(division.getRaftConf().getCurrentPeers());
    }

    /// This node is a voter of the newest configuration it knows.
    boolean votes() {
        return division.getRaftConf().getPeer(division.getId(), RaftPeerRole.FOLLOWER) != null;
    }

    /// Where another node listens that leads as far as this one knows.
    @Nullable
    String otherLeadersAddress() {
        RaftPeerId leader = division.getInfo().getLeaderId();
        if (leader == null || leader.equals(division.getId())) {
            return null;
        }
        RaftPeer peer = division.getRaftConf().getPeer(leader, RaftPeerRole.FOLLOWER);
        return peer == null ? null : peer.getAddress();
    }
}
