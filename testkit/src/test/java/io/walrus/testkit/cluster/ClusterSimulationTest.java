package io.walrus.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// `-Dwalrus.sim.seeds=N -Dwalrus.sim.seed=S` simulates as much, and the same, as one likes; `-Dwalrus.sim.story=N`
/// tells the last N things that happened before a failure.
class ClusterSimulationTest {
    @Test
    void keepsItsWordWhateverGoesWrong() {
        SimulationReport report = simulate(ClusterOptions.allFaults(), 185);
        assertThat(report.acknowledged()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsWordWhenOneThingGoesWrong(ClusterFault fault) {
        simulate(ClusterOptions.only(fault), 11);
    }

    /// What one disk forgets, others have, though nothing is forced as it comes.
    @Test
    void asksOthersForWhatOneDiskHasForgotten() {
        Set<ClusterFault> faults = EnumSet.complementOf(EnumSet.of(ClusterFault.LOSSES, ClusterFault.DAMAGE));
        SimulationReport report = simulate(new ClusterOptions(faults, Sabotage.NONE), 40);
        assertThat(report.acknowledged()).isPositive();
    }

    /// Each disk of a cluster is lost, one after the other, and what was acknowledged is still there.
    @Test
    void outlivesEveryDiskIfItHasTimeBetweenTheLosses() {
        ClusterOptions losses = ClusterOptions.only(ClusterFault.LOSSES);
        long first = Long.getLong("walrus.sim.seed", System.nanoTime());
        SimulationReport report = SimulationReport.NONE;
        for (int i = 0; i < 60 && report.turnovers() == 0; i++) {
            report = report.plus(simulate(losses, first + i, 1));
        }
        assertThat(report.turnovers()).as("from seed %d", first).isPositive();
    }

    /// What rots on a disk is made anew from the other nodes' copies.
    @Test
    void replacesDamagedCopies() {
        SimulationReport report = simulate(ClusterOptions.only(ClusterFault.DAMAGE, ClusterFault.CRASHES), 20);
        assertThat(report.madeAnew()).isPositive();
    }

    @Test
    void losesNothingAndKnowsEveryOutcomeWhenNothingGoesWrong() {
        SimulationReport report = simulate(ClusterOptions.only(), 12);
        assertThat(report.unknown()).isZero();
        assertThat(report.handedOut()).isEqualTo(report.acknowledged());
    }

    @ParameterizedTest
    @CsvSource({
        "REPEATED_MESSAGES, 10",
        "OVERTAKING_MESSAGES, 60",
        "EVERYONE_LEADS, 20",
        "SLOW_CLOCKS, 20",
        "OLD_DISKS, 50",
        "ACKNOWLEDGED_UNFORCED, 50",
        "BELIEVED_DISKS, 50",
        "MINORITY_SEALS, 50",
        "SKIPPED_TAILS, 50",
        "FORGOTTEN_FENCES, 50",
        "RESUMED_SEGMENTS, 50",
        "EARLY_JOINS, 10",
        "UNASKED_RELEASES, 50",
        "DROPPED_DAMAGED, 100",
        "STALLED_LEADERS, 10"
    })
    void noticesWhatIsBrokenOnPurpose(Sabotage sabotage, int seeds) {
        ClusterOptions broken = faults(sabotage).with(sabotage);
        for (int seed = 1; seed <= seeds; seed++) {
            try {
                ClusterSimulation.run(seed, broken);
            } catch (ClusterFailure e) {
                String how = "with seed " + seed + ": " + e.promise() + ": " + firstLine(e);
                if (sabotage.breaks(e.promise())) {
                    System.out.println(sabotage + " is noticed " + how);
                    return;
                }
                System.out.println(sabotage + " makes trouble " + how);
            }
        }
        fail(sabotage + " is not noticed within " + seeds + " seeds");
    }

    /// Some are noticed sooner where nothing else goes wrong.
    private static ClusterOptions faults(Sabotage sabotage) {
        return switch (sabotage) {
            case OLD_DISKS -> ClusterOptions.only(ClusterFault.CRASHES);
            case DROPPED_DAMAGED -> ClusterOptions.only(ClusterFault.DAMAGE, ClusterFault.CRASHES);
            case BELIEVED_DISKS -> ClusterOptions.only(ClusterFault.FORGETFUL_DISK, ClusterFault.CRASHES);
            case EVERYONE_LEADS, SLOW_CLOCKS -> ClusterOptions.only(ClusterFault.PARTITIONS);
            case STALLED_LEADERS -> ClusterOptions.only(ClusterFault.NEVER_MENDED);
            default -> ClusterOptions.allFaults();
        };
    }

    private static String firstLine(ClusterFailure failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    @Test
    void doesTheSameAgainFromTheSameSeed() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(ClusterSimulation.fingerprint(seed, ClusterOptions.allFaults()))
                    .isEqualTo(ClusterSimulation.fingerprint(seed, ClusterOptions.allFaults()));
        }
    }

    private static SimulationReport simulate(ClusterOptions options, int seeds) {
        long first = Long.getLong("walrus.sim.seed", System.nanoTime());
        int count = Integer.getInteger("walrus.sim.seeds", seeds);
        System.out.println("cluster simulation from seed " + first + ", " + options);
        SimulationReport report = simulate(options, first, count);
        System.out.println("cluster simulation " + report);
        return report;
    }

    private static SimulationReport simulate(ClusterOptions options, long first, int count) {
        SimulationReport report = SimulationReport.NONE;
        for (int i = 0; i < count; i++) {
            report = report.plus(ClusterSimulation.run(first + i, options));
        }
        return report;
    }
}
