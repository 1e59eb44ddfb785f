package io.walrus.benchmarks.report;

/// A row of a table: something that is measured.
///
/// @param group of rows that share a table
/// @param workload what is done
/// @param subject the program that does it
public record Measured(String group, String workload, String subject) {
    /// The same workload, done by another program.
    Measured by(String other) {
        return new Measured(group, workload, other);
    }
}
