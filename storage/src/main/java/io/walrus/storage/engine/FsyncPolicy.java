package io.walrus.storage.engine;

/// When an append counts as stored.
public sealed interface FsyncPolicy {
    /// Once it is on the device. Survives a crash of the machine.
    record Group() implements FsyncPolicy {}

    /// Once the operating system has it; the device gets it every so often. A crash of the machine may lose what was
    /// acknowledged since, a crash of the process nothing.
    ///
    /// @param intervalMs milliseconds between two forces, 1 or more
    record Interval(int intervalMs) implements FsyncPolicy {
        public Interval {
            if (intervalMs < 1) {
                throw new IllegalArgumentException("The fsync interval is 1 ms or more.");
            }
        }
    }

    /// Once the operating system has it, which decides when the device does.
    record Os() implements FsyncPolicy {}

    static FsyncPolicy group() {
        return new Group();
    }

    static FsyncPolicy interval(int intervalMs) {
        return new Interval(intervalMs);
    }

    static FsyncPolicy os() {
        return new Os();
    }
}
