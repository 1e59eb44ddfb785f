package io.walrus.consensus.member;

import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.JoinOutcome.Joined;
import io.walrus.consensus.JoinOutcome.NotYet;
import io.walrus.consensus.call.Addressed;
import io.walrus.consensus.call.Gate;
import io.walrus.consensus.call.GroupCodec;
import io.walrus.consensus.call.InternalMethods;
import io.walrus.consensus.call.JoinAnswer;
import io.walrus.consensus.call.JoinRequest;
import io.walrus.consensus.call.PeerClients;
import io.walrus.consensus.raft.Failures;
import io.walrus.consensus.raft.MetadataGroup;
import io.walrus.consensus.raft.MetadataStateMachine;
import io.walrus.consensus.raft.RaftFolder;
import io.walrus.metadata.MalformedException;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// Asks to be taken into the group, on the joining node.
final class Joining {
    private static final long PAUSE_MS = 10;

    private final MetadataGroup group;
    private final MetadataStateMachine machine;
    private final RaftFolder folder;
    private final Gate gate;
    private final PeerClients clients;
    private final Reach reach;
    private final String ownAddress;

    Joining(
            MetadataGroup group,
            MetadataStateMachine machine,
            RaftFolder folder,
            Gate gate,
            PeerClients clients,
            String ownAddress) {
        this.group = group;
        this.machine = machine;
        this.folder = folder;
        this.gate = gate;
        this.clients = clients;
        this.reach = new Reach(clients, group.protocol());
        this.ownAddress = ownAddress;
    }

    /// Blocks until there is an outcome.
    ///
    /// @param address of any node of the cluster
    JoinOutcome join(String address, Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        try {
            while (true) {
                switch (ask(address, deadlineNs)) {
                    case JoinAnswer.Proceed cluster -> {
                        String fault = reach.faultOf(cluster, group.run());
                        if (fault != null) {
                            return new NotYet(fault);
                        }
                        machine.memberOnlyAfter(cluster.committed());
                        enter(cluster.group());
                        gate.open();
                    }
                    case JoinAnswer.Final(Joined joined) -> {
                        return heard(deadlineNs)
                                ? joined
                                : new NotYet("the leader took this node in, but it has not applied that yet");
                    }
                    case JoinAnswer.Final(var outcome) -> {
                        return outcome;
                    }
                }
            }
        } catch (MalformedException e) {
            return new NotYet(address + ": " + e.getMessage());
        } catch (CompletionException e) {
            return new NotYet(Failures.line(e));
        } catch (IOException e) {
            return new NotYet("this node can't begin with the metadata: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new NotYet("this node is stopping");
        }
    }

    /// Starts the group here; Raft's messages are kept out until then. An attempt that ended half-way continues with
    /// the same group, whose id the next request carries.
    private synchronized void enter(UUID id) throws IOException {
        if (group.idIfAny() == null) {
            folder.entered(id);
            group.enter(id);
        }
    }

    private JoinAnswer ask(String address, long deadlineNs) throws MalformedException {
        long leftNs = Math.max(TimeUnit.MILLISECONDS.toNanos(1), deadlineNs - System.nanoTime());
        JoinRequest request = new JoinRequest(
                group.nodeId(),
                ownAddress,
                group.run(),
                machine.state().clusterId(),
                !gate.isOpen(),
                machine.member(),
                false,
                // The leader is to give up first, so that its reason arrives.
                (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(leftNs / 10 * 9)));
        byte[] answer = clients.call(
                        address,
                        InternalMethods.JOIN,
                        GroupCodec.encode(new Addressed(group.idIfAny(), GroupCodec.encode(request))),
                        Duration.ofNanos(leftNs))
                .join();
        return GroupCodec.decodeJoinAnswer(answer);
    }

    /// Waits until this node knows of its membership and has recorded it. The leader is done when a majority knows; a
    /// node that reports to have joined must still be a member after a restart, without joining anew.
    private boolean heard(long deadlineNs) throws InterruptedException {
        while (!machine.member() || !group.votes() || group.leaderId() == 0) {
            if (System.nanoTime() > deadlineNs) {
                return false;
            }
            Thread.sleep(PAUSE_MS);
        }
        return true;
    }
}
