package io.walrus.testkit.cluster;

/// What a run, or several, went through.
///
/// @param events of the simulation
/// @param acknowledged entries that were acknowledged
/// @param unknown PUTs and GETs whose outcome was not known
/// @param refused requests that were answered with any other error
/// @param handedOut entries that GET handed out
/// @param segments sealed in the end
/// @param crashes of nodes
/// @param losses of disks
/// @param turnovers runs in which every disk was lost, one after the other
/// @param madeAnew copies that took the place of damaged ones
public record SimulationReport(
        int runs,
        long events,
        long acknowledged,
        long unknown,
        long refused,
        long handedOut,
        long segments,
        long crashes,
        long losses,
        long turnovers,
        long madeAnew) {
    /// Nothing yet.
    public static final SimulationReport NONE = new SimulationReport(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// The sum of both.
    public SimulationReport plus(SimulationReport other) {
        return new SimulationReport(
                runs + other.runs,
                events + other.events,
                acknowledged + other.acknowledged,
                unknown + other.unknown,
                refused + other.refused,
                handedOut + other.handedOut,
                segments + other.segments,
                crashes + other.crashes,
                losses + other.losses,
                turnovers + other.turnovers,
                madeAnew + other.madeAnew);
    }
}
