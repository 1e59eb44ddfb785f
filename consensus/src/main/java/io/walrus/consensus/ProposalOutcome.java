package io.walrus.consensus;

import io.walrus.metadata.Result;
import java.util.Objects;

/// What became of a proposal.
public sealed interface ProposalOutcome {
    /// It is committed, and applied on this node. `index` is its place in the log.
    record Committed(long index, Result result) implements ProposalOutcome {
        public Committed {
            Objects.requireNonNull(result, "result");
        }
    }

    /// It was not taken: it will never be applied.
    record NotProposed(String reason) implements ProposalOutcome {
        public NotProposed {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /// It may have been applied, may be applied later, or never. Proposing it again is safe: commands carry what they
    /// expect.
    record Unknown(String reason) implements ProposalOutcome {
        public Unknown {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
