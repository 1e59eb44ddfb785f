package io.walrus.server.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whether a start can vouch for what is in its folder.
class LastRunTest {
    @TempDir
    private Path folder;

    @Test
    void onlyAnotherBootAfterARunThatDidNotForceIsInDoubt() throws IOException {
        new LastRun("boot 1", "os", false).write(folder);
        assertThat(LastRun.mayHaveLost(folder, "boot 1", "group", false)).isFalse();
        assertThat(LastRun.mayHaveLost(folder, "boot 2", "group", false)).isTrue();
        new LastRun("boot 1", "os", true).write(folder);
        assertThat(LastRun.mayHaveLost(folder, "boot 2", "os", false)).isFalse();
        new LastRun("boot 1", "group", false).write(folder);
        assertThat(LastRun.mayHaveLost(folder, "boot 2", "os", false)).isFalse();
    }

    /// A run could not say what it was, and the next one has another policy.
    @Test
    void aRunThatFindsNoRoomForTheFileLeavesDoubtUnlessItForces() throws IOException {
        new LastRun("boot 1", "group", true).write(folder);
        Path inTheWay = Files.createDirectory(folder.resolve(SmallFiles.temporary("last-run")));
        new LastRun("boot 1", "group", false).write(folder);
        assertThat(LastRun.mayHaveLost(folder, "boot 2", "group", false)).isFalse();
        Files.createDirectory(inTheWay);
        new LastRun("boot 1", "interval:100", false).write(folder);
        assertThat(LastRun.mayHaveLost(folder, "boot 2", "group", false)).isTrue();
    }
}
