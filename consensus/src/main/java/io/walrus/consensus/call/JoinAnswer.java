package io.walrus.consensus.call;

import io.walrus.consensus.JoinOutcome;
import java.util.UUID;

/// The group's answer to a [JoinRequest].
public sealed interface JoinAnswer {
    /// The outcome, as far as the leader is concerned.
    record Final(JoinOutcome outcome) implements JoinAnswer {}

    /// To a blank node: the group holds nothing of it any more. It may take Raft's messages now, and shall ask
    /// again.
    ///
    /// @param committed the last entry of the log that is committed. What configurations up to here say of a
    ///     node of this id is of the one that is gone.
    /// @param group the group's id
    record Proceed(long committed, UUID group) implements JoinAnswer {}
}
