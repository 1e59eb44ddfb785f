package io.walrus.consensus.member;

import io.walrus.consensus.ClusterInfo;
import io.walrus.consensus.call.GroupCodec;
import io.walrus.consensus.call.InternalMethods;
import io.walrus.consensus.call.JoinAnswer.Proceed;
import io.walrus.consensus.call.JoinRequest;
import io.walrus.consensus.call.PeerClients;
import io.walrus.consensus.raft.Failures;
import io.walrus.metadata.MalformedException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Whether nodes reach each other at the addresses by which they would be known. Asked before a node gets a vote: from
/// then on the group counts on it, and a vote that nobody reaches may leave the group without a majority for good.
final class Reach {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final PeerClients clients;
    private final int protocol;

    /// @param protocol the version of the messages between nodes that this node speaks
    Reach(PeerClients clients, int protocol) {
        this.clients = clients;
        this.protocol = protocol;
    }

    /// Looks whether this node, which leads, reaches one that asks to be taken in. Blocks.
    ///
    /// @return why not, or null
    @Nullable
    String faultOf(JoinRequest joiner, long leader) {
        try {
            ClusterInfo found = ask(joiner.address());
            if (found.nodeId() != joiner.nodeId() || !found.run().equals(joiner.run())) {
                return "raft address " + joiner.address() + " leads the cluster to another process, of node "
                        + found.nodeId() + ": start node " + joiner.nodeId() + " with its own --raft-advertise-host and"
                        + " --raft-port";
            }
            return protocolFault(found, leader);
        } catch (CompletionException | MalformedException e) {
            return "node " + leader + ", which leads the metadata, does not reach node " + joiner.nodeId()
                    + " at its raft address " + joiner.address() + ": " + Failures.line(e);
        }
    }

    /// They would be in one group, and have nothing to say to each other.
    private @Nullable String protocolFault(ClusterInfo joiner, long leader) {
        return joiner.protocol() == protocol
                ? null
                : "node " + joiner.nodeId() + " speaks version " + joiner.protocol() + " of the protocol between nodes,"
                        + " and node " + leader + " version " + protocol + ": run one version of Walrus on all nodes";
    }

    /// Looks whether this node reaches the members of the cluster that it joins. One that is down is no obstacle,
    /// unless it leads. Blocks.
    ///
    /// @param self this run of this node
    /// @return why not, or null
    @Nullable
    String faultOf(Proceed cluster, UUID self) {
        for (Map.Entry<Long, String> member : cluster.members().entrySet()) {
            long id = member.getKey();
            String address = member.getValue();
            try {
                ClusterInfo found = ask(address);
                if (found.nodeId() != id) {
                    String who = found.run().equals(self) ? "this node itself" : "node " + found.nodeId();
                    return "the cluster knows node " + id + " by raft address " + address
                            + ", which leads from here to " + who + ": start node " + id
                            + " with a --raft-advertise-host that means it everywhere";
                }
            } catch (CompletionException | MalformedException e) {
                if (id == cluster.leader()) {
                    return "this node does not reach node " + id + ", which leads the metadata, at the raft address "
                            + address + " by which the cluster knows it: " + Failures.line(e);
                }
            }
        }
        return null;
    }

    private ClusterInfo ask(String address) throws MalformedException {
        return GroupCodec.decodeClusterInfo(clients.call(address, InternalMethods.ASK, new byte[0], PATIENCE)
                .join());
    }
}
