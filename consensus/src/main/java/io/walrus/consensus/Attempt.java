package io.walrus.consensus;

/// What one try to propose a command brought.
sealed interface Attempt {
    /// The proposal is over.
    record Over(ProposalOutcome outcome) implements Attempt {}

    /// The command was surely not proposed, and may be later or elsewhere.
    record Again(String reason) implements Attempt {}
}
