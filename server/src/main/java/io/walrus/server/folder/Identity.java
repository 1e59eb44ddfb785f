package io.walrus.server.folder;

import io.walrus.server.config.StartupException;
import io.walrus.storage.io.FileDisk;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whose data a folder holds. Written before anything else when a folder is taken into use, and never changed:
/// a crash leaves either an empty folder (but for the temporary file) or the identity.
///
/// @param nodeId the node the folder belongs to
/// @param diskId made up when the folder was taken into use: the same node id with another disk id has lost its data
/// @param clusterId made up by the first node of a cluster, taken over by those that join
public record Identity(long nodeId, UUID diskId, UUID clusterId) {
    private static final String FILE = "identity";
    private static final String REMOVED = "removed";
    private static final int VERSION = 1;
    /// What there is only beside an identity.
    private static final Set<String> PARTS = Set.of("log", "raft");

    /// Reads the identity of a folder; null if the folder is new.
    static @Nullable Identity find(Path directory, long nodeId) throws StartupException {
        try {
            // With the names of all folders that are created: what is acknowledged later hangs on them.
            new FileDisk(directory).createDirectories("");
            Path file = directory.resolve(FILE);
            if (!Files.exists(file)) {
                requireNoneButOurs(directory);
                return null;
            }
            Identity identity = read(file);
            if (identity.nodeId != nodeId) {
                throw new StartupException("data folder " + directory + " belongs to node " + identity.nodeId
                        + ", not to node " + nodeId + ": give each node its own --data-dir");
            }
            if (Files.exists(directory.resolve(REMOVED))) {
                throw new StartupException("node " + nodeId + " was removed from the cluster: data folder " + directory
                        + " can't be used again, name an empty one to join anew");
            }
            return identity;
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /// Reads the identity of a node's folder.
    static Identity require(Path directory) throws StartupException {
        Path file = directory.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                throw new StartupException(
                        "data folder " + directory + " is not that of a node: " + FILE + " is missing");
            }
            return read(file);
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /// Makes the folder that of a node of another cluster. A crash leaves the one identity or the other.
    void inCluster(Path directory, UUID cluster) throws StartupException {
        try {
            write(directory, new Identity(nodeId, diskId, cluster));
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /// Gives a new folder an identity.
    static Identity create(Path directory, long nodeId, UUID clusterId) throws StartupException {
        try {
            Identity identity = new Identity(nodeId, UUID.randomUUID(), clusterId);
            write(directory, identity);
            // The folder may have been created a moment ago, by others, who forced nothing.
            SmallFiles.forceName(directory);
            return identity;
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /// Notes that the folder's node was taken out of the cluster: it is not to be started on it again.
    static void removed(Path directory) throws IOException {
        SmallFiles.replace(directory, REMOVED, "");
    }

    /// A folder that can't be read or written.
    static StartupException unusable(Path directory, IOException e) {
        return e instanceof AccessDeniedException
                ? new StartupException("data folder " + directory + " can't be written: permission denied", e)
                : new StartupException("data folder " + directory + " can't be used: " + IoReason.of(e), e);
    }

    /// A folder without an identity is new, unless it is somebody else's. A file system has a folder of its own in its
    /// root, and another process may be at its first start.
    private static void requireNoneButOurs(Path directory) throws IOException, StartupException {
        Set<String> allowed = Set.of(DataFolder.LOCK, SmallFiles.temporary(FILE), "lost+found");
        try (Stream<Path> entries = Files.list(directory)) {
            List<String> names =
                    entries.map(entry -> String.valueOf(entry.getFileName())).toList();
            if (!names.contains(FILE)) {
                if (names.stream().anyMatch(PARTS::contains)) {
                    throw new StartupException(
                            directory.resolve(FILE) + " is missing from a node's data folder: restore"
                                    + " the folder from a copy; or, if a majority of the nodes besides it runs, start the node"
                                    + " with an empty folder and --join");
                }
                for (String name : names) {
                    if (!allowed.contains(name)) {
                        throw new StartupException("data folder " + directory + " holds other files (" + name
                                + "): name an empty folder, or one of Walrus");
                    }
                }
            }
        }
    }

    private static void write(Path directory, Identity identity) throws IOException {
        String text = "version=" + VERSION + "\nnode-id=" + identity.nodeId + "\ndisk-id=" + identity.diskId
                + "\ncluster-id=" + identity.clusterId + "\n";
        SmallFiles.replace(directory, FILE, text);
    }

    private static Identity read(Path file) throws IOException, StartupException {
        Properties properties = SmallFiles.properties(file);
        try {
            int version = Integer.parseInt(properties.getProperty("version", "0"));
            if (version > VERSION) {
                throw new StartupException(file + " was written by a newer version of Walrus");
            }
            return new Identity(
                    Long.parseLong(properties.getProperty("node-id", "")),
                    UUID.fromString(properties.getProperty("disk-id", "")),
                    UUID.fromString(properties.getProperty("cluster-id", "")));
        } catch (IllegalArgumentException e) {
            throw new StartupException(
                    file
                            + " is damaged: restore the folder from a copy; or, if a majority of the nodes besides it runs,"
                            + " start the node with an empty folder and --join",
                    e);
        }
    }
}
