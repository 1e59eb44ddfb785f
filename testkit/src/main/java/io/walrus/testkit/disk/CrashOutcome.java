package io.walrus.testkit.disk;

/// What a crash leaves of the changes that were not forced.
public enum CrashOutcome {
    /// The process ended, the machine went on: every finished change is there, the one under way in part.
    PROCESS_KILLED,
    /// The power went, and nothing but what was forced is left.
    ALL_LOST,
    /// The power went; changes reached the device in order up to some moment, the last of them in part.
    ORDERED_PREFIX,
    /// The power went; each unforced sector, size and name is kept or lost on its own.
    SCATTERED
}
