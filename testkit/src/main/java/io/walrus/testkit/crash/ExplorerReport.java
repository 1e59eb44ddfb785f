package io.walrus.testkit.crash;

/// What an exploration did.
///
/// @param runs workloads run
/// @param boundaries changes of the disk passed by them
/// @param points crash points checked: one boundary with one outcome
/// @param recoveryPoints those of them in the middle of a recovery
/// @param crashes times a workload itself was crashed and went on from what survived
/// @param failures times an error of the disk ended an engine, and the workload went on from what survived
public record ExplorerReport(
        int runs, long boundaries, long points, long recoveryPoints, long crashes, long failures) {}
