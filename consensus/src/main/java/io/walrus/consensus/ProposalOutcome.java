package io.walrus.consensus;

import io.walrus.metadata.Result;
import java.util.Objects;

/// The result of a proposal.
public sealed interface ProposalOutcome {
    /// The command is committed, and applied on this node. `index` is its place in the log.
    record Committed(long index, Result result) implements ProposalOutcome {
        public Committed {
            Objects.requireNonNull(result, "result");
        }
    }

    /// The command was not accepted, and will never be applied.
    record NotProposed(String reason) implements ProposalOutcome {
        public NotProposed {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /// The command may have been applied, may be applied later, or never. Proposing it again is safe: commands carry
    /// the state they expect.
    record Unknown(String reason) implements ProposalOutcome {
        public Unknown {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
