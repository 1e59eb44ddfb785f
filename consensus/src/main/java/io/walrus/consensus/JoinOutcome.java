package io.walrus.consensus;

import java.util.Objects;

/// The result of asking to be taken into a cluster. Reasons are one line for people.
public sealed interface JoinOutcome {
    /// This node is a voter of the group, and has heard from its leader.
    record Joined() implements JoinOutcome {}

    /// This node cannot join as it is; the reason says what to do.
    record Refused(String reason) implements JoinOutcome {
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /// It has not joined so far, or nobody knows: to be asked again.
    record NotYet(String reason) implements JoinOutcome {
        public NotYet {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
