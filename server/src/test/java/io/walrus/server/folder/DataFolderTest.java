package io.walrus.server.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.walrus.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    private static final UUID CLUSTER = new UUID(1, 2);

    @TempDir
    private Path folder;

    @Test
    void aNewFolderHasAnIdentityOnceItIsClaimed() throws StartupException {
        Path data = folder.resolve("data");
        Identity claimed;
        try (DataFolder locked = DataFolder.lock(data, 1)) {
            assertThat(locked.identity()).isNull();
            claimed = locked.claim(CLUSTER);
            assertThat(claimed.clusterId()).isEqualTo(CLUSTER);
        }
        try (DataFolder locked = DataFolder.lock(data, 1)) {
            assertThat(locked.identity()).isEqualTo(claimed);
        }
    }

    @Test
    void itIsLockedUntilItIsClosed() throws StartupException {
        try (DataFolder _ = DataFolder.lock(folder, 1)) {
            assertRefused(1, "data folder " + folder + " is in use by another process");
        }
        DataFolder.lock(folder, 1).close();
    }

    @Test
    void whoseItIsComesBeforeWhetherItIsInUse() throws StartupException {
        try (DataFolder locked = DataFolder.lock(folder, 1)) {
            locked.claim(CLUSTER);
            assertRefused(2, "belongs to node 1, not to node 2");
        }
    }

    /// A crash before the identity is there leaves the lock, and maybe the identity's temporary file.
    @Test
    void whatACrashLeavesBeforeTheIdentityIsANewFolder() throws StartupException, IOException {
        DataFolder.lock(folder, 1).close();
        Files.writeString(folder.resolve("identity.tmp"), "version=");
        try (DataFolder locked = DataFolder.lock(folder, 1)) {
            assertThat(locked.identity()).isNull();
            assertThat(locked.claim(CLUSTER).nodeId()).isEqualTo(1);
        }
    }

    @Test
    void aFolderWithOtherFilesIsLeftAsItIs() throws IOException {
        Path other = Files.writeString(folder.resolve("thesis.txt"), "precious");
        assertRefused(1, "holds other files (thesis.txt)");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(other);
        }
    }

    /// The folder must not be taken for a new one, nor be emptied for lack of a better word.
    @Test
    void aFolderWithoutItsIdentityIsNotTakenForANewOne() throws IOException {
        Files.createDirectory(folder.resolve("raft"));
        assertRefused(1, "identity is missing from a node's data folder: restore the folder from a copy");
        Files.writeString(folder.resolve("identity"), "version=1\nnode-id=1\n");
        assertRefused(1, "identity is damaged: restore the folder from a copy");
    }

    @Test
    void aForgottenFolderIsNotUsedAgain() throws StartupException {
        try (DataFolder locked = DataFolder.lock(folder, 1)) {
            locked.claim(CLUSTER);
            locked.forget();
        }
        assertRefused(1, "node 1 was removed from the cluster");
    }

    private void assertRefused(int nodeId, String reason) {
        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> DataFolder.lock(folder, nodeId))
                .withMessageContaining(reason);
    }
}
