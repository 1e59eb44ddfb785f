package io.walrus.consensus.call;

import io.walrus.consensus.ProposalOutcome;

/// The result of one try to propose a command.
public sealed interface Attempt {
    /// The proposal is over.
    record Over(ProposalOutcome outcome) implements Attempt {}

    /// The command was surely not proposed, and may be later or elsewhere.
    record Again(String reason) implements Attempt {}
}
