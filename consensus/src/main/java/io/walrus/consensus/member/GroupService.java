package io.walrus.consensus.member;

import io.walrus.consensus.ClusterInfo;
import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.RemoveOutcome;
import io.walrus.consensus.call.Addressed;
import io.walrus.consensus.call.GroupCalls;
import io.walrus.consensus.call.GroupCodec;
import io.walrus.consensus.call.InternalCallException;
import io.walrus.consensus.call.InternalCallException.Kind;
import io.walrus.consensus.call.InternalMethods;
import io.walrus.consensus.call.JoinAnswer;
import io.walrus.consensus.call.JoinRequest;
import io.walrus.consensus.call.PeerClients;
import io.walrus.consensus.call.RemoveRequest;
import io.walrus.consensus.raft.Failures;
import io.walrus.consensus.raft.LocalProposals;
import io.walrus.consensus.raft.MetadataGroup;
import io.walrus.consensus.raft.MetadataStateMachine;
import io.walrus.metadata.MalformedException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;

/// Answers the calls of other nodes about the group, and passes requests on to the leader that only the leader can
/// carry out.
final class GroupService implements GroupCalls {
    private final MetadataGroup group;
    private final MetadataStateMachine machine;
    private final LocalProposals local;
    private final Membership membership;
    private final PeerClients clients;

    GroupService(
            MetadataGroup group,
            MetadataStateMachine machine,
            LocalProposals local,
            Membership membership,
            PeerClients clients) {
        this.group = group;
        this.machine = machine;
        this.local = local;
        this.membership = membership;
        this.clients = clients;
    }

    @Override
    public byte[] propose(byte[] request) throws InternalCallException {
        try {
            return GroupCodec.encode(local.submit(forThisGroup(request)).join());
        } catch (MalformedException e) {
            throw new InternalCallException(Kind.REFUSED, String.valueOf(e.getMessage()));
        }
    }

    /// The request, if it is meant for this node's group.
    private byte[] forThisGroup(byte[] bytes) throws InternalCallException, MalformedException {
        Addressed addressed = GroupCodec.decodeAddressed(bytes);
        if (addressed.isForAnotherThan(group.idIfAny())) {
            throw new InternalCallException(
                    Kind.REFUSED, "node " + group.nodeId() + " there is of another cluster, or of none");
        }
        return addressed.request();
    }

    @Override
    public byte[] ask() {
        return GroupCodec.encode(
                new ClusterInfo(group.nodeId(), machine.state().clusterId(), group.protocol(), group.run()));
    }

    @Override
    public byte[] join(byte[] bytes) throws InternalCallException {
        JoinRequest request;
        try {
            Addressed addressed = GroupCodec.decodeAddressed(bytes);
            request = GroupCodec.decodeJoinRequest(addressed.request());
            if (addressed.isForAnotherThan(group.idIfAny())) {
                return GroupCodec.encode(
                        request.forwarded()
                                ? new JoinAnswer.Final(
                                        new JoinOutcome.NotYet("the metadata leader is another cluster's"))
                                : Membership.ofAnotherCluster(
                                        request, machine.state().clusterId()));
            }
        } catch (MalformedException e) {
            throw new InternalCallException(Kind.REFUSED, String.valueOf(e.getMessage()));
        }
        if (group.leads()) {
            return GroupCodec.encode(membership.join(request, machine.state().clusterId()));
        }
        return pass(
                InternalMethods.JOIN,
                GroupCodec.encode(request.asForwarded()),
                request.forwarded(),
                request.timeoutMs(),
                reason -> GroupCodec.encode(new JoinAnswer.Final(new JoinOutcome.NotYet(reason))));
    }

    @Override
    public byte[] remove(byte[] bytes) throws InternalCallException {
        try {
            return GroupCodec.encode(remove(GroupCodec.decodeRemoveRequest(forThisGroup(bytes))));
        } catch (MalformedException e) {
            throw new InternalCallException(Kind.REFUSED, String.valueOf(e.getMessage()));
        }
    }

    /// Blocks.
    RemoveOutcome remove(RemoveRequest request) throws MalformedException {
        if (group.leads()) {
            return membership.remove(request);
        }
        byte[] answer = pass(
                InternalMethods.REMOVE,
                GroupCodec.encode(request.asForwarded()),
                request.forwarded(),
                request.timeoutMs(),
                reason -> GroupCodec.encode(new RemoveOutcome.NotYet(reason)));
        return GroupCodec.decodeRemoveOutcome(answer);
    }

    /// Passes a request on to the leader.
    ///
    /// @param alreadyPassed another node passed it to this one, which it took for the leader
    /// @param notYet makes the answer of a reason, if none comes from the leader
    private byte[] pass(
            MethodDescriptor<byte[], byte[]> method,
            byte[] request,
            boolean alreadyPassed,
            int timeoutMs,
            Function<String, byte[]> notYet) {
        String leader = alreadyPassed ? null : group.otherLeadersAddress();
        if (leader == null) {
            return notYet.apply("node " + group.nodeId() + " knows of no metadata leader");
        }
        try {
            return clients.call(
                            leader,
                            method,
                            GroupCodec.encode(new Addressed(group.idIfAny(), request)),
                            Duration.ofMillis(timeoutMs))
                    .join();
        } catch (CompletionException e) {
            return notYet.apply("the metadata leader: " + Failures.line(e));
        }
    }
}
