package io.walrus.consensus.call;

import io.walrus.consensus.JoinOutcome;
import java.util.Map;
import java.util.UUID;

/// The group's answer to a [JoinRequest].
public sealed interface JoinAnswer {
    /// The outcome, as far as the leader is concerned.
    record Final(JoinOutcome outcome) implements JoinAnswer {}

    /// To a blank node: the group has no member of its id any more. The node may take Raft's messages now, and is to
    /// ask again.
    ///
    /// @param committed the last committed entry of the log. Configurations up to here that name the node's id
    ///     mean its predecessor, which is gone.
    /// @param group the group's id
    /// @param leader the id of the node that answers
    /// @param members the Raft addresses of the voters, by id: the node is to see whether it reaches them,
    ///     before they count on it
    record Proceed(long committed, UUID group, long leader, Map<Long, String> members) implements JoinAnswer {
        public Proceed {
            members = Map.copyOf(members);
        }
    }
}
