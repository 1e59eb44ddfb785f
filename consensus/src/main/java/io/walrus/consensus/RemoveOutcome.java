package io.walrus.consensus;

import java.util.Objects;

/// The result of asking for a member's removal. Reasons are one line for people.
public sealed interface RemoveOutcome {
    /// The node is not a member any more, or never was.
    record Removed() implements RemoveOutcome {}

    /// The member cannot be removed now; the reason says what to do.
    record Refused(String reason) implements RemoveOutcome {
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /// It is not removed so far, or nobody knows: to be asked again.
    record NotYet(String reason) implements RemoveOutcome {
        public NotYet {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
