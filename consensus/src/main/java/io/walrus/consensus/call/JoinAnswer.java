package io.walrus.consensus.call;

import io.walrus.consensus.JoinOutcome;
import java.util.UUID;

/// The group's answer to a [JoinRequest].
public sealed interface JoinAnswer {
    /// The outcome, as far as the leader is concerned.
    record Final(JoinOutcome outcome) implements JoinAnswer {}

    /// To a blank node: the group has no member of its id any more. The node may take Raft's messages now, and is to
    /// ask again.
    ///
    /// @param committed the last committed entry of the log. Configurations up to here that name the node's id mean
    ///     its predecessor, which is gone.
    /// @param group the group's id
    record Proceed(long committed, UUID group) implements JoinAnswer {}
}
