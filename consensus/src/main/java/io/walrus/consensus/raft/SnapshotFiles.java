package io.walrus.consensus.raft;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.MalformedException;
import io.walrus.metadata.SnapshotCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;

/// Snapshots as files in Ratis' state machine folder, which Ratis lists, sends to followers and deletes.
///
/// The log is purged once a snapshot was taken, so a snapshot must survive a crash from the moment [#save] returns.
/// A crash before that leaves, in order: a `.tmp` file, removed at the next start; the whole snapshot without its
/// `.md5`, passed over in favour of the one before, whose log is still there; or both, which is a finished snapshot.
final class SnapshotFiles {
    private static final String TEMPORARY = ".tmp";

    private final SimpleStateMachineStorage storage;

    SnapshotFiles(SimpleStateMachineStorage storage) {
        this.storage = storage;
    }

    void save(ClusterState state, TermIndex at) throws IOException {
        storage.updateLatestSnapshot(save(
                state,
                at,
                storage.getSnapshotFile(at.getTerm(), at.getIndex()).toPath().toAbsolutePath()));
    }

    private static SingleFileSnapshotInfo save(ClusterState state, TermIndex at, Path file) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try {
            write(state, temporary);
        } catch (IOException e) {
            // It may hold the last room on the disk.
            Files.deleteIfExists(temporary);
            throw e;
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        MD5Hash md5 = MD5FileUtil.computeMd5ForFile(file.toFile());
        MD5FileUtil.saveMD5File(file.toFile(), md5);
        RaftFolder.forceDirectory(Objects.requireNonNull(file.getParent()));
        return new SingleFileSnapshotInfo(new FileInfo(file, md5), at);
    }

    /// Writes a snapshot into the folder of a node that is stopped.
    static void save(ClusterState state, Path folder, TermIndex at) throws IOException {
        String name = SimpleStateMachineStorage.getSnapshotFileName(at.getTerm(), at.getIndex());
        var _ = save(state, at, folder.resolve(name).toAbsolutePath());
    }

    /// A snapshot of a node that is stopped.
    record Stored(ClusterState state, TermIndex at) {}

    /// The newest snapshot in the folder of a node that is stopped; the empty state if there is none. Ratis' checksum
    /// is not needed: ours is in the file.
    static Stored newest(Path folder) throws IOException {
        Path newest = null;
        TermIndex at = TermIndex.INITIAL_VALUE;
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "snapshot.*")) {
                for (Path file : files) {
                    if (SimpleStateMachineStorage.SNAPSHOT_REGEX
                            .matcher(String.valueOf(file.getFileName()))
                            .matches()) {
                        TermIndex its = SimpleStateMachineStorage.getTermIndexFromSnapshotFile(file.toFile());
                        if (its.getIndex() > at.getIndex()) {
                            newest = file;
                            at = its;
                        }
                    }
                }
            }
        }
        return newest == null ? new Stored(ClusterState.EMPTY, at) : new Stored(load(newest), at);
    }

    private static void write(ClusterState state, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            SnapshotCodec.write(state, Channels.newOutputStream(channel));
            channel.force(true);
        }
    }

    static ClusterState load(SingleFileSnapshotInfo snapshot) throws IOException {
        return load(snapshot.getFile().getPath());
    }

    private static ClusterState load(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return SnapshotCodec.read(in);
        } catch (MalformedException e) {
            throw RaftFolder.damaged(file, "is damaged (" + e.getMessage() + ")");
        }
    }

    /// Makes the snapshots durable that Ratis put into the folder, and the folder, which Ratis renamed into place.
    static void forceInstalled(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "snapshot.*")) {
            for (Path file : files) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
        RaftFolder.forceDirectory(folder);
        RaftFolder.forceDirectory(Objects.requireNonNull(folder.toAbsolutePath().getParent()));
    }

    static void removeUnfinished(Path folder) throws IOException {
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(folder, "snapshot.*" + TEMPORARY)) {
            for (Path file : unfinished) {
                Files.delete(file);
            }
        }
    }
}
