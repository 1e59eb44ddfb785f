package io.walrus.server.cluster;

import io.walrus.server.config.StartupException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Properties;
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
    /// What the name of a file ends with until it is complete.
    public static final String TEMPORARY = ".tmp";
    private static final String REMOVED = "removed";
    private static final int VERSION = 1;

    /// Reads the identity of a folder; null if the folder is new.
    static @Nullable Identity find(Path directory, long nodeId) throws StartupException {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve(FILE);
            if (!Files.exists(file)) {
                requireEmpty(directory);
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

    /// Gives a new folder an identity.
    static Identity create(Path directory, long nodeId, UUID clusterId) throws StartupException {
        try {
            Identity identity = new Identity(nodeId, UUID.randomUUID(), clusterId);
            write(directory, identity);
            return identity;
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /// Notes that the folder's node was taken out of the cluster: it is not to be started on it again.
    public static void removed(Path directory) throws IOException {
        replace(directory, REMOVED, "");
    }

    private static StartupException unusable(Path directory, IOException e) {
        return e instanceof AccessDeniedException
                ? new StartupException("data folder " + directory + " can't be written: permission denied", e)
                : new StartupException("data folder " + directory + " can't be used: " + reason(e), e);
    }

    /// What went wrong, without class names.
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " is missing";
            case java.nio.file.FileAlreadyExistsException existing -> existing.getFile() + " is not a folder";
            case java.nio.file.FileSystemException system when system.getReason() != null -> system.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    private static void requireEmpty(Path directory) throws IOException, StartupException {
        try (Stream<Path> entries = Files.list(directory)) {
            List<String> names = entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !name.equals(FILE + TEMPORARY) && !name.equals("lost+found"))
                    .toList();
            if (!names.isEmpty()) {
                throw new StartupException("data folder " + directory + " holds other files (" + names.getFirst()
                        + "): name an empty folder, or one of Walrus");
            }
        }
    }

    private static void write(Path directory, Identity identity) throws IOException {
        String text = "version=" + VERSION + "\nnode-id=" + identity.nodeId + "\ndisk-id=" + identity.diskId
                + "\ncluster-id=" + identity.clusterId + "\n";
        replace(directory, FILE, text);
    }

    /// Writes a small file so that a crash leaves either all of it or what was there before.
    public static void replace(Path directory, String name, String text) throws IOException {
        Path temporary = directory.resolve(name + TEMPORARY);
        Files.writeString(temporary, text);
        force(temporary);
        Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        force(directory);
    }

    public static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Identity read(Path file) throws IOException, StartupException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
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
            throw new StartupException(file + " is damaged: restore it, or start with an empty --data-dir", e);
        }
    }
}
