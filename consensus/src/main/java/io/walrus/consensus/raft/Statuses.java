package io.walrus.consensus.raft;

import io.walrus.consensus.RaftStatus;
import io.walrus.consensus.RaftStatus.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;

/// Reads a [RaftStatus] off a running division.
public final class Statuses {
    private Statuses() {}

    public static RaftStatus of(MetadataGroup group) {
        RaftServer.Division division = group.divisionIfAny();
        return division == null ? blank(group.nodeId()) : of(division);
    }

    private static RaftStatus blank(long nodeId) {
        return new RaftStatus(nodeId, Role.LEARNER, 0, null, null, -1, -1, -1, -1, List.of(), Map.of(), Map.of());
    }

    private static RaftStatus of(RaftServer.Division division) {
        DivisionInfo info = division.getInfo();
        long nodeId = NodeIds.fromPeer(division.getId());
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        SnapshotInfo snapshot = division.getStateMachine().getLatestSnapshot();
        long snapshotIndex = snapshot == null ? -1 : snapshot.getIndex();
        // Right after a purge of everything the log is empty, and its last entry is the snapshot's.
        long lastLogIndex = last == null ? snapshotIndex : last.getIndex();
        Collection<RaftPeer> voters = division.getRaftConf().getAllPeers(RaftPeerRole.FOLLOWER);
        Map<Long, String> addresses = new HashMap<>();
        addAddresses(addresses, voters);
        addAddresses(addresses, division.getRaftConf().getAllPeers(RaftPeerRole.LISTENER));
        return new RaftStatus(
                nodeId,
                role(division, info),
                info.getCurrentTerm(),
                id(info.getLeaderId()),
                id(vote(division)),
                lastLogIndex,
                info.getLastAppliedIndex(),
                snapshotIndex,
                division.getRaftLog().getStartIndex() - 1,
                voters.stream()
                        .map(peer -> NodeIds.fromPeer(peer.getId()))
                        .sorted()
                        .toList(),
                addresses,
                replication(info, nodeId, lastLogIndex));
    }

    private static Role role(RaftServer.Division division, DivisionInfo info) {
        if (!info.isAlive()) {
            return Role.SHUTDOWN;
        }
        return switch (info.getCurrentRole()) {
            case LEADER -> Role.LEADER;
            case CANDIDATE -> Role.CANDIDATE;
            case LISTENER -> Role.LEARNER;
            case FOLLOWER, UNRECOGNIZED ->
                division.getRaftConf().getPeer(division.getId(), RaftPeerRole.FOLLOWER) == null
                        ? Role.LEARNER
                        : Role.FOLLOWER;
        };
    }

    private static @Nullable RaftPeerId vote(RaftServer.Division division) {
        try {
            return division.getRaftStorage().getMetadataFile().getMetadata().getVotedFor();
        } catch (IOException _) {
            return null;
        }
    }

    private static Map<Long, Long> replication(DivisionInfo info, long self, long lastLogIndex) {
        long[] matched = info.getFollowerMatchIndices();
        if (matched == null) {
            return Map.of();
        }
        List<ServerRpcProto> followers =
                new ArrayList<>(info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList());
        Map<Long, Long> replication = new HashMap<>();
        replication.put(self, lastLogIndex);
        // Two looks at a leader that may have gained a member in between: pair what both saw.
        for (int i = 0; i < Math.min(matched.length, followers.size()); i++) {
            replication.put(
                    NodeIds.fromPeer(RaftPeerId.valueOf(followers.get(i).getId().getId())), matched[i]);
        }
        return replication;
    }

    private static void addAddresses(Map<Long, String> addresses, Collection<RaftPeer> peers) {
        for (RaftPeer peer : peers) {
            addresses.put(NodeIds.fromPeer(peer.getId()), peer.getAddress());
        }
    }

    private static @Nullable Long id(@Nullable RaftPeerId peer) {
        return peer == null || peer.toString().isEmpty() ? null : (Long) NodeIds.fromPeer(peer);
    }
}
