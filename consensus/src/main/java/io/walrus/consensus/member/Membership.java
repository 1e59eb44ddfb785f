package io.walrus.consensus.member;

import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.JoinOutcome.Joined;
import io.walrus.consensus.RemoveOutcome;
import io.walrus.consensus.call.JoinAnswer;
import io.walrus.consensus.call.JoinRequest;
import io.walrus.consensus.call.RemoveRequest;
import io.walrus.consensus.raft.Failures;
import io.walrus.consensus.raft.Leadership;
import io.walrus.consensus.raft.MetadataGroup;
import io.walrus.consensus.raft.NodeIds;
import io.walrus.consensus.raft.PeerAddresses;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.rpc.CallId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Adds and removes members, on the leader. One change runs at a time, and each names the full lists before and after
/// it, so that no change undoes another. Ratis gives a new member its vote, and begins to count on it, when the member
/// has caught up.
///
/// A new member does not begin as a listener: Ratis never notices that a listener has caught up, and a voter made of
/// one stays without a vote until the leader changes.
///
/// Each step is idempotent, so after a crash of any node the same request continues from there.
final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final int MOVE_TIMEOUT_MS = 5_000;
    private static final long PAUSE_MS = 20;

    /// How long the leader waits for another voter to take over.
    private static final Duration HAND_OVER_PATIENCE = Duration.ofSeconds(2);

    private final MetadataGroup group;
    private final Leadership leadership;
    private final Reach reach;
    private final String ownAddress;
    private final long aliveWithinMs;
    private final ClientId changer = ClientId.randomId();
    private final ReentrantLock oneAtATime = new ReentrantLock();

    /// @param ownAddress this node's Raft address, whatever the configuration says
    /// @param aliveWithinMs a member that answered within this time is alive
    Membership(MetadataGroup group, Leadership leadership, Reach reach, String ownAddress, long aliveWithinMs) {
        this.group = group;
        this.leadership = leadership;
        this.reach = reach;
        this.ownAddress = ownAddress;
        this.aliveWithinMs = aliveWithinMs;
    }

    /// A change that did not happen, or not for certain.
    private static final class NotChangedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotChangedException(String message) {
            super(message);
        }
    }

    /// Blocks for as long as the asking node waits.
    JoinAnswer join(JoinRequest request, @Nullable UUID clusterId) {
        if (request.clusterId() != null && clusterId != null && !clusterId.equals(request.clusterId())) {
            return ofAnotherCluster(request, clusterId);
        }
        long deadlineNs = deadline(request.timeoutMs());
        try (Turn _ = new Turn(deadlineNs)) {
            moveIfElsewhere(deadlineNs);
            RaftPeer candidate = NodeIds.peer(request.nodeId(), request.address());
            String reason = conflict(candidate);
            if (reason != null) {
                return refused(reason);
            }
            boolean votes = contains(group.voters(), candidate.getId());
            if (!votes && request.member()) {
                return refused("node " + candidate.getId()
                        + " was removed from the cluster: give it an empty data folder to join anew");
            }
            if (request.blank() || !votes) {
                requireReached(request);
            }
            if (request.blank()) {
                forget(candidate.getId(), false, deadlineNs);
                return proceed();
            }
            if (!votes) {
                add(candidate, deadlineNs);
            }
            return new JoinAnswer.Final(new Joined());
        } catch (NotChangedException e) {
            return new JoinAnswer.Final(new JoinOutcome.NotYet(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new JoinAnswer.Final(new JoinOutcome.NotYet("the leader is stopping"));
        }
    }

    private JoinAnswer proceed() {
        Map<Long, String> members = new HashMap<>();
        for (RaftPeer voter : group.voters()) {
            members.put(NodeIds.fromPeer(voter.getId()), voter.getAddress());
        }
        return new JoinAnswer.Proceed(
                group.division().getRaftLog().getLastCommittedIndex(),
                group.id().getUuid(),
                group.nodeId(),
                members);
    }

    /// A node gets its vote only if it can be counted on. What it says of itself is not enough for that.
    private void requireReached(JoinRequest candidate) throws NotChangedException {
        String fault = reach.faultOf(candidate, group.nodeId());
        if (fault != null) {
            throw new NotChangedException(fault);
        }
    }

    private void add(RaftPeer candidate, long deadlineNs) throws NotChangedException, InterruptedException {
        try {
            PeerAddresses.use(group.server(), candidate);
            PeerAddresses.require(group.server(), candidate);
        } catch (IOException e) {
            throw new NotChangedException(
                    "raft address " + candidate.getAddress() + " can't be connected to: " + e.getMessage());
        }
        List<RaftPeer> current = group.voters();
        List<RaftPeer> voters = new ArrayList<>(current);
        voters.add(candidate);
        change(current, voters, deadlineNs);
    }

    /// If this node is alone and was given another address, has the group know it by that. Blocks.
    void move() {
        try (Turn _ = new Turn(deadline(MOVE_TIMEOUT_MS))) {
            moveIfElsewhere(deadline(MOVE_TIMEOUT_MS));
        } catch (NotChangedException e) {
            LOG.warn("{}; tried again when a node joins", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ratis takes a list that differs in nothing but an address for the one it has. It looks at priorities,
    /// too, so the move takes two steps, the second of which gives back the priority that all members have. A
    /// crash in between leaves a node that is alone, has moved, and does the second step when it starts again.
    private void moveIfElsewhere(long deadlineNs) throws NotChangedException, InterruptedException {
        RaftPeer known = group.leads() ? member(group.server().getId()) : null;
        if (known == null) {
            return;
        }
        if (!known.getAddress().equals(ownAddress)) {
            if (group.voters().size() > 1) {
                throw new NotChangedException("node " + known.getId() + " was moved from raft address "
                        + known.getAddress() + " to " + ownAddress + " while it is not alone");
            }
            change(List.of(known), List.of(at(ownAddress, known, known.getPriority() + 1)), deadlineNs);
            LOG.info("node {} moved from raft address {} to {}", known.getId(), known.getAddress(), ownAddress);
        }
        RaftPeer moved = member(known.getId());
        if (moved != null && moved.getPriority() != 0 && group.voters().size() == 1) {
            change(List.of(moved), List.of(at(ownAddress, moved, 0)), deadlineNs);
        }
    }

    private static RaftPeer at(String address, RaftPeer peer, int priority) {
        return RaftPeer.newBuilder(peer)
                .setAddress(address)
                .setPriority(priority)
                .build();
    }

    /// Blocks for as long as the asking node waits.
    RemoveOutcome remove(RemoveRequest request) {
        long deadlineNs = deadline(request.timeoutMs());
        RaftPeerId member = NodeIds.toPeer(request.nodeId());
        if (member.equals(group.division().getId())) {
            return new RemoveOutcome.Refused("node " + request.nodeId()
                    + " leads the metadata group: stop it, or let another node lead, then remove it");
        }
        try (Turn _ = new Turn(deadlineNs)) {
            forget(member, true, deadlineNs);
            return new RemoveOutcome.Removed();
        } catch (NotChangedException e) {
            return new RemoveOutcome.NotYet(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RemoveOutcome.NotYet("the leader is stopping");
        }
    }

    static JoinAnswer ofAnotherCluster(JoinRequest request, @Nullable UUID clusterId) {
        String its = request.clusterId() == null ? "another cluster" : "cluster " + request.clusterId();
        return refused("node " + request.nodeId() + " has metadata of " + its + ", this is cluster " + clusterId
                + ": give it an empty data folder");
    }

    private static JoinAnswer refused(String reason) {
        return new JoinAnswer.Final(new JoinOutcome.Refused(reason));
    }

    private static long deadline(int timeoutMs) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    private final class Turn implements AutoCloseable {
        Turn(long deadlineNs) throws InterruptedException, NotChangedException {
            if (!oneAtATime.tryLock(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new NotChangedException("another change of members is under way");
            }
        }

        @Override
        public void close() {
            oneAtATime.unlock();
        }
    }

    /// Why the candidate's id or address collides with a member's, or null. Ratis would silently go on with the address
    /// it knows.
    private @Nullable String conflict(RaftPeer candidate) {
        RaftPeer known = member(candidate.getId());
        if (known != null && !known.getAddress().equals(candidate.getAddress())) {
            return "node " + candidate.getId() + " is a member at " + known.getAddress() + ", not at "
                    + candidate.getAddress()
                    + ": start it with that raft address, or under another node id; or remove node "
                    + candidate.getId() + " first, if it is gone for good";
        }
        for (RaftPeer peer : group.voters()) {
            if (peer.getAddress().equals(candidate.getAddress())
                    && !peer.getId().equals(candidate.getId())) {
                return "raft address " + candidate.getAddress() + " is node " + peer.getId() + "'s: start node "
                        + candidate.getId() + " with another one";
            }
        }
        return null;
    }

    /// @param mayVote whether the member's own vote counts for this last change, if it is alive
    private void forget(RaftPeerId member, boolean mayVote, long deadlineNs)
            throws NotChangedException, InterruptedException {
        List<RaftPeer> current = group.voters();
        if (contains(current, member)) {
            requireMajorities(member, mayVote);
            List<RaftPeer> voters = new ArrayList<>(current);
            voters.removeIf(peer -> peer.getId().equals(member));
            change(current, voters, deadlineNs);
        }
    }

    /// The change takes a majority of the voters as they are, and one of those that are left. Without either it would
    /// stop the group until that majority is back.
    private void requireMajorities(RaftPeerId member, boolean mayVote) throws NotChangedException {
        Set<RaftPeerId> alive = alive();
        int voters = group.voters().size();
        long others = group.voters().stream()
                .map(RaftPeer::getId)
                .filter(id -> !id.equals(member) && alive.contains(id))
                .count();
        long now = mayVote && alive.contains(member) ? others + 1 : others;
        if (now <= voters / 2 || others <= (voters - 1) / 2) {
            throw new NotChangedException("node " + member + " can only be removed while a majority of the " + voters
                    + " voters is alive, and one of the voters besides it: " + now + " are, and " + others
                    + " besides it");
        }
    }

    /// The voters that answered recently, this node included.
    private Set<RaftPeerId> alive() {
        Set<RaftPeerId> alive = new HashSet<>();
        alive.add(group.division().getId());
        for (ServerRpcProto follower :
                group.division().getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList()) {
            if (follower.getLastRpcElapsedTimeMs() <= aliveWithinMs) {
                alive.add(RaftPeerId.valueOf(follower.getId().getId()));
            }
        }
        return alive;
    }

    private static boolean contains(List<RaftPeer> voters, RaftPeerId id) {
        return voters.stream().anyMatch(peer -> peer.getId().equals(id));
    }

    /// Replaces the voters, if they are still the current ones: a change that an earlier leader began may take effect
    /// at any moment.
    ///
    /// A leader that took over while its predecessor was removing a node goes on sending to that node, which
    /// its configuration no longer names. If the node is to be added again, Ratis finds that it would send to
    /// it twice, and throws without giving its place for a change free: from then on only another leader can
    /// change the members.
    private void change(List<RaftPeer> current, List<RaftPeer> voters, long deadlineNs)
            throws NotChangedException, InterruptedException {
        while (true) {
            SetConfigurationRequest.Arguments lists = SetConfigurationRequest.Arguments.newBuilder()
                    .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                    .setServersInCurrentConf(current)
                    .setServersInNewConf(voters)
                    .build();
            SetConfigurationRequest request = new SetConfigurationRequest(
                    changer, group.division().getId(), group.id(), CallId.getAndIncrement(), lists);
            Throwable failure = attempt(request, deadlineNs);
            switch (failure) {
                case null -> {
                    return;
                }
                case ReconfigurationInProgressException _ ->
                    pause(deadlineNs, "another change of members is under way");
                case ReconfigurationTimeoutException _ ->
                    throw new NotChangedException("the leader does not reach the new member");
                case IllegalStateException _ -> {
                    leadership.transfer(HAND_OVER_PATIENCE);
                    throw new NotChangedException(
                            "the leader can't change the members any more, another one is to lead");
                }
                case NotLeaderException _, ServerNotReadyException _ ->
                    throw new NotChangedException("the metadata leader changed");
                case SetConfigurationException _ -> throw new NotChangedException("the members changed meanwhile");
                case TimeoutException _ ->
                    throw new NotChangedException("the change of members takes longer than asked for");
                default -> {
                    LOG.debug("A change of members failed", failure);
                    throw new NotChangedException("the metadata leader failed to change the members");
                }
            }
        }
    }

    private @Nullable Throwable attempt(SetConfigurationRequest request, long deadlineNs) throws InterruptedException {
        try {
            RaftClientReply reply = group.server()
                    .setConfigurationAsync(request)
                    .get(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (reply.isSuccess()) {
                return null;
            }
            return reply.getException() == null ? new IOException("the group gave no reason") : reply.getException();
        } catch (TimeoutException e) {
            return e;
        } catch (IOException | IllegalStateException | ExecutionException e) {
            return Failures.root(e);
        }
    }

    private void pause(long deadlineNs, String why) throws NotChangedException, InterruptedException {
        if (!group.leads()) {
            throw new NotChangedException("the metadata leader changed");
        }
        if (deadlineNs - System.nanoTime() < TimeUnit.MILLISECONDS.toNanos(PAUSE_MS)) {
            throw new NotChangedException(why);
        }
        Thread.sleep(PAUSE_MS);
    }

    private @Nullable RaftPeer member(RaftPeerId id) {
        return group.division().getRaftConf().getPeer(id, RaftPeerRole.FOLLOWER);
    }
}
