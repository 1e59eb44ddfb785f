package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.Plan;
import java.nio.file.Path;

/// Where and how long something is measured.
///
/// @param launcher of Walrus' node
record Place(Setup setup, Path launcher, Plan plan) {
    /// Of every JVM that is compared.
    static final String HEAP = "1g";

    static final int CONNECTIONS = 16;
    static final int PAYLOAD_BYTES = 1024;
    /// Read again and again.
    static final int READ_ENTRIES = 200_000;
}
