package io.walrus.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.testkit.disk.Lie;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `-Dwalrus.crash.points=N -Dwalrus.crash.seed=S` explores as much, and the same, as one likes.
class CrashExplorerTest {
    private static final int POINTS = 2_400;
    private static final int POINTS_TO_FIND_A_LIE = 200;

    @Test
    void keepsItsWordAtEveryCrashPointTried() {
        long seed = Long.getLong("walrus.crash.seed", System.nanoTime());
        int points = Integer.getInteger("walrus.crash.points", POINTS);
        System.out.println("crash explorer seed " + seed);
        ExplorerReport report = new CrashExplorer(ExplorerOptions.of(seed, points)).explore();
        System.out.println("crash explorer " + report);
        assertThat(report.points()).isGreaterThanOrEqualTo(points);
    }

    @ParameterizedTest
    @CsvSource({
        "FORCE, ''",
        "FORCE, manifest",
        "FORCE, journal/",
        "FORCE, streams/",
        "FORCED_WRITE, journal/",
        "FORCE_DIRECTORY, ''",
        "FORCE_DIRECTORY, journal",
        "FORCE_DIRECTORY, streams"
    })
    void noticesADiskThatBreaksAPromise(Lie.Promise promise, String pathPrefix) {
        Set<Lie> lies = Set.of(new Lie(promise, pathPrefix));
        CrashExplorer explorer = new CrashExplorer(durable(lies));
        assertThatThrownBy(explorer::explore).isInstanceOf(CrashFailure.class);
        System.out.println(lies + " noticed after " + explorer.report());
    }

    @Test
    void findsNothingOnAnHonestDiskWhereItNoticesEachBrokenPromise() {
        ExplorerReport report = new CrashExplorer(durable(Set.of())).explore();
        assertThat(report.points()).isGreaterThanOrEqualTo(POINTS_TO_FIND_A_LIE);
    }

    private static ExplorerOptions durable(Set<Lie> lies) {
        return new ExplorerOptions(1, POINTS_TO_FIND_A_LIE, 10, List.of(FsyncPolicy.group()), lies);
    }
}
