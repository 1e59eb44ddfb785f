package io.walrus.consensus;

import java.util.Objects;

/// What became of asking for a member's removal. Reasons are one line for people.
public sealed interface RemoveOutcome {
    /// It is no member, or never was.
    record Removed() implements RemoveOutcome {}

    /// It cannot be removed as things stand; the reason says what to do.
    record Refused(String reason) implements RemoveOutcome {
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /// Not so far, or not known: ask again.
    record NotYet(String reason) implements RemoveOutcome {
        public NotYet {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
