package io.walrus.consensus.raft;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// The metadata group as it runs on this node: its leader, its voters, and their addresses.
///
/// Each cluster's group has an id of its own, which Raft's messages and the calls of other nodes carry: an address may
/// have been another cluster's before, whose nodes still try it. The first node of a cluster draws the id; a blank node
/// is in no group until the leader tells it the id.
public final class MetadataGroup {
    private final RaftServer server;
    private final UUID run = UUID.randomUUID();
    private final int protocol;
    private volatile RaftServer.@Nullable Division division;

    /// The group on a server.
    ///
    /// @param server a running Ratis server
    /// @param id the group on it, or null if it has none
    /// @param protocol the version of the messages between nodes beside Raft's
    public MetadataGroup(RaftServer server, @Nullable UUID id, int protocol) throws IOException {
        this.server = server;
        this.protocol = protocol;
        this.division = id == null ? null : server.getDivision(RaftGroupId.valueOf(id));
    }

    /// Starts the group on a node that is in none.
    public void enter(UUID id) throws IOException {
        RaftGroup group = RaftGroup.valueOf(RaftGroupId.valueOf(id));
        server.groupManagement(GroupManagementRequest.newAdd(
                ClientId.randomId(), server.getId(), CallId.getAndIncrement(), group, false));
        division = server.getDivision(group.getGroupId());
    }

    /// By what this run of the node is known from others of its id.
    public UUID run() {
        return run;
    }

    /// The version of the messages between nodes beside Raft's.
    public int protocol() {
        return protocol;
    }

    public RaftServer server() {
        return server;
    }

    /// The group on this node, which must be in one.
    public RaftServer.Division division() {
        return Objects.requireNonNull(division, "a blank node is in no group");
    }

    /// The same, or null on a blank node.
    RaftServer.@Nullable Division divisionIfAny() {
        return division;
    }

    /// The id of this node's group, which must be in one.
    public RaftGroupId id() {
        return division().getMemberId().getGroupId();
    }

    /// The same, or null on a blank node.
    @Nullable
    public UUID idIfAny() {
        RaftServer.Division known = division;
        return known == null ? null : known.getMemberId().getGroupId().getUuid();
    }

    /// Whether this node leads, with all that was committed before in its state. Cheap.
    public boolean leads() {
        RaftServer.Division known = division;
        if (known == null) {
            return false;
        }
        DivisionInfo info = known.getInfo();
        return info.isLeader() && info.isLeaderReady();
    }

    /// False after the group stopped on this node for good.
    public boolean alive() {
        RaftServer.Division known = division;
        return known == null || known.getInfo().isAlive();
    }

    /// The leader as far as this node knows; 0 if it knows of no leader. Cheap.
    public long leaderId() {
        RaftServer.Division known = division;
        RaftPeerId leader = known == null ? null : known.getInfo().getLeaderId();
        return leader == null ? 0 : NodeIds.fromPeer(leader);
    }

    public long nodeId() {
        return NodeIds.fromPeer(server.getId());
    }

    /// The voters of the newest configuration that this node knows, committed or not.
    public List<RaftPeer> voters() {
        RaftServer.Division known = division;
        return known == null ? List.of() : List.copyOf(known.getRaftConf().getCurrentPeers());
    }

    /// Whether this node is a voter of the newest configuration that it knows.
    public boolean votes() {
        RaftServer.Division known = division;
        return known != null && known.getRaftConf().getPeer(known.getId(), RaftPeerRole.FOLLOWER) != null;
    }

    /// The leader's address, or null if this node leads or knows of no leader.
    @Nullable
    public String otherLeadersAddress() {
        RaftServer.Division known = division;
        RaftPeerId leader = known == null ? null : known.getInfo().getLeaderId();
        if (known == null || leader == null || leader.equals(known.getId())) {
            return null;
        }
        RaftPeer peer = known.getRaftConf().getPeer(leader, RaftPeerRole.FOLLOWER);
        return peer == null ? null : peer.getAddress();
    }
}
