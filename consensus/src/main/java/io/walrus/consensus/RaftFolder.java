package io.walrus.consensus;

import io.walrus.consensus.RaftConfig.WhenNew;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The `raft` folder of a data folder: whose it is, and how far the node's life in the group has come.
///
/// ```
/// raft/lock                  held by the process that uses the folder
/// raft/identity              text: format, node id, how the node began
/// raft/groups/<group id>/    Ratis' own
/// raft/removed/              where Ratis moves a group that it removes
/// ```
///
/// The identity is made durable before Ratis writes anything, so a folder with Ratis' files and without it is not ours.
final class RaftFolder implements AutoCloseable {
    /// How Ratis is to be started.
    enum Stage {
        /// Ratis has written nothing: format, with this node as the only voter.
        NEW,
        /// Formatted, but a crash came before the first configuration was on disk: recover, and name the voter again.
        FORMATTED,
        /// A member, alone in its group when it stopped.
        LONE_MEMBER,
        /// A member of a group of several, or one whose group is not known before its log is read.
        MEMBER
    }

    private static final Logger LOG = LoggerFactory.getLogger(RaftFolder.class);

    /// What a crash may leave of the first start.
    private static final Set<String> OWN_BEFORE_IDENTITY = Set.of("lock", "identity.tmp");

    private static final String FORMAT_LINE = "walrus raft folder, format 1";

    private final Path root;
    private final Path current;
    private final FileChannel lock;

    private RaftFolder(Path root, UUID groupId, FileChannel lock) {
        this.root = root;
        this.lock = lock;
        current = root.resolve("groups").resolve(groupId.toString()).resolve("current");
    }

    /// Opens the folder, or makes it and records whose it is.
    static RaftFolder open(RaftConfig config, UUID groupId) throws ConsensusStartException {
        Path root = config.dataDir().resolve("raft").toAbsolutePath().normalize();
        FileChannel lock = null;
        try {
            refuseForeign(root);
            Files.createDirectories(root);
            lock = lock(root);
            Path identity = root.resolve("identity");
            if (Files.exists(identity)) {
                check(identity, config);
            } else {
                writeIdentity(root, identity, config);
            }
            Files.createDirectories(root.resolve("groups"));
            return new RaftFolder(root, groupId, lock);
        } catch (ConsensusStartException e) {
            closeQuietly(lock);
            throw e;
        } catch (IOException e) {
            closeQuietly(lock);
            throw new ConsensusStartException("cannot use " + root + ": " + reason(e), e);
        }
    }

    /// Lets another process, or a later start in this one, use the folder.
    @Override
    public void close() {
        closeQuietly(lock);
    }

    Path groups() {
        return root.resolve("groups");
    }

    Path removed() {
        return root.resolve("removed");
    }

    Path current() {
        return current;
    }

    Stage stage() throws ConsensusStartException {
        if (!Files.exists(current.resolve("raft-meta"))) {
            return Stage.NEW;
        }
        Path configuration = current.resolve("raft-meta.conf");
        if (!Files.exists(configuration)) {
            return Stage.FORMATTED;
        }
        try {
            var members =
                    LogEntryProto.parseFrom(Files.readAllBytes(configuration)).getConfigurationEntry();
            boolean lone = members.getPeersCount() == 1 && members.getOldPeersCount() == 0;
            return lone ? Stage.LONE_MEMBER : Stage.MEMBER;
        } catch (IOException e) {
            throw new ConsensusStartException(
                    "cannot read " + configuration + ": " + reason(e)
                            + "; restore the folder from a backup, or remove this node's data and join again",
                    e);
        }
    }

    /// Makes names in a folder durable.
    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void check(Path identity, RaftConfig config) throws IOException {
        List<String> lines = Files.readAllLines(identity, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.getFirst().equals(FORMAT_LINE)) {
            throw new ConsensusStartException(identity + " is not of a format this version knows");
        }
        String node = "node " + config.nodeId();
        if (lines.size() < 2 || !lines.get(1).equals(node)) {
            String owner = lines.size() < 2 ? "nobody" : lines.get(1);
            throw new ConsensusStartException(identity.getParent() + " belongs to " + owner + ", this is " + node
                    + ": start it with its own id or another data folder");
        }
    }

    /// Ratis has a lock of its own, but takes seconds and a stack trace to say that it is held. Opening for writing
    /// also shows whether this process may write here at all.
    private static FileChannel lock(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException _) {
            // Held by this very process: the same to whoever asks.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new ConsensusStartException(
                root + " is in use by another process: stop it or choose another data folder");
    }

    private static void refuseForeign(Path root) throws IOException {
        if (!Files.isDirectory(root) || Files.exists(root.resolve("identity"))) {
            return;
        }
        try (Stream<Path> found = Files.list(root)) {
            if (found.anyMatch(file -> !OWN_BEFORE_IDENTITY.contains(String.valueOf(file.getFileName())))) {
                throw new ConsensusStartException(
                        root + " holds files of something else: choose another data folder or empty it");
            }
        }
    }

    private static void writeIdentity(Path root, Path identity, RaftConfig config) throws IOException {
        Path temporary = root.resolve("identity.tmp");
        if (config.whenNew() == WhenNew.JOIN) {
            throw new ConsensusStartException("joining an existing cluster is not supported by this version");
        }
        String text = FORMAT_LINE + "\nnode " + config.nodeId() + "\nbegan as bootstrap\n";
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, identity, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(root);
        forceDirectory(config.dataDir());
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("Could not release the lock of the raft folder: {}", e.getMessage());
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException missing -> "no such file " + missing.getFile();
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
