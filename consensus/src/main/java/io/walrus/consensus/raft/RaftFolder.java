package io.walrus.consensus.raft;

import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.RaftConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The `raft` folder of a data folder: the node it belongs to, and how far that node has come in its group.
///
/// ```
/// raft/lock                  held by the process that uses the folder
/// raft/identity              text: format, node id, how the node began
/// raft/group                 text: the id of the group that the node is in
/// raft/member                there once a node that began by joining was a member
/// raft/reserve-*             room for the metadata on a full disk
/// raft/groups/<group id>/    Ratis' own
/// raft/removed/              groups that the node is not in any more, moved there by Ratis or by a recovery
/// raft/prepared/             a group that a recovery lays out
/// ```
///
/// The identity is durable before Ratis writes anything, so a folder with Ratis' files and no identity is foreign.
public final class RaftFolder implements AutoCloseable {
    /// How far the node has come.
    public enum Stage {
        /// The first node of its cluster, perhaps formatted but without a configuration: it names itself the only
        /// voter.
        FOUNDING,
        /// A node that is yet to join, without anything of the group.
        BLANK,
        /// A member, alone in its group when it stopped.
        LONE_MEMBER,
        /// A member of a group of several.
        MEMBER
    }

    private static final Logger LOG = LoggerFactory.getLogger(RaftFolder.class);

    /// The files that a crash during the first start may leave.
    private static final Set<String> OWN_BEFORE_IDENTITY = Set.of("lock", "identity.tmp");

    /// The files of a folder that has, or had, an identity.
    private static final Set<String> OWN = Set.of("groups", "group", "member", "removed", "prepared");

    static final String NAME = "raft";

    private static final String FORMAT = "walrus raft folder, format ";
    private static final String FORMAT_LINE = FORMAT + "1";
    private static final String JOIN_LINE = "began as join";
    private static final String FOUNDER_LINE = "began as bootstrap";
    private static final String NODE = "node ";
    private static final Set<String> BEGINNINGS = Set.of(JOIN_LINE, FOUNDER_LINE);
    static final String IDENTITY = "identity";
    static final String MEMBER = "member";
    static final String GROUP = "group";
    static final String GROUPS = "groups";
    static final String REMOVED = "removed";

    private final Path root;
    private final FileChannel lock;
    private final Reserve reserve;
    private final boolean beganAsJoin;
    private volatile @Nullable UUID group;

    private RaftFolder(Path root, FileChannel lock, Reserve reserve, boolean beganAsJoin) {
        this.root = root;
        this.lock = lock;
        this.reserve = reserve;
        this.beganAsJoin = beganAsJoin;
    }

    /// Opens the folder, or creates it and records its identity.
    public static RaftFolder open(RaftConfig config) throws ConsensusStartException {
        Path root = config.dataDir().resolve(NAME).toAbsolutePath().normalize();
        FileChannel lock = null;
        try {
            refuseForeign(root);
            Files.createDirectories(root);
            lock = lock(root);
            Path identity = root.resolve(IDENTITY);
            if (!Files.exists(identity)) {
                writeIdentity(identity, config);
            }
            boolean beganAsJoin =
                    Beginning.read(identity).of(config.nodeId(), root).asJoin();
            Files.createDirectories(root.resolve(GROUPS));
            return new RaftFolder(root, lock, Reserve.open(root), beganAsJoin);
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
        reserve.close();
        closeQuietly(lock);
    }

    public Path groups() {
        return root.resolve(GROUPS);
    }

    Path removed() {
        return root.resolve(REMOVED);
    }

    /// The group this node is in, from [#stage] on; null on a blank node.
    @Nullable
    public UUID group() {
        return group;
    }

    /// Records the group that this node is about to be in.
    public void entered(UUID id) throws IOException {
        write(root.resolve(GROUP), id + "\n");
        group = id;
    }

    /// How far the node has come. A node that was about to join begins anew: its copy of the log may name a predecessor
    /// of its id, and nobody counts on the copy.
    ///
    /// @param ownAddress this node's Raft address, `host:port`
    public Stage stage(long nodeId, String ownAddress) throws ConsensusStartException {
        if (!isMember()) {
            clear();
            return Stage.BLANK;
        }
        findOrFound();
        Path configuration = configuration();
        if (!Files.exists(configuration)) {
            return beganAsJoin ? Stage.MEMBER : Stage.FOUNDING;
        }
        long _ = term(configuration.resolveSibling("raft-meta"));
        RaftConfigurationProto members = read(configuration);
        String self = Long.toString(nodeId);
        if (named(members).stream()
                .noneMatch(peer -> peer.getId().toStringUtf8().equals(self)
                        && peer.getAddress().equals(ownAddress))) {
            requireAsInLog(configuration);
        }
        for (RaftPeerProto peer : named(members)) {
            if (peer.getId().toStringUtf8().equals(self)) {
                // Also in the middle of a change of its own address.
                boolean lone =
                        named(members).stream().allMatch(each -> each.getId().equals(peer.getId()));
                if (!lone) {
                    checkAddress(peer.getAddress(), ownAddress);
                }
                return lone ? Stage.LONE_MEMBER : Stage.MEMBER;
            }
        }
        throw new ConsensusStartException(
                "node " + nodeId + " was removed from the cluster: give it an empty data folder to join anew");
    }

    /// Ratis' list of the members, of a node that is in a group.
    public Path configuration() {
        return groups().resolve(String.valueOf(group)).resolve("current").resolve("raft-meta.conf");
    }

    /// Sets the id of the group that this node is in, or founds.
    private void findOrFound() throws ConsensusStartException {
        Path file = root.resolve(GROUP);
        try {
            UUID known = groupIfAny(file);
            group = known;
            if (known != null) {
                setAsideAllBut(known, root);
                return;
            }
            List<UUID> found = foundGroups();
            if (found.size() > 1 || (found.isEmpty() && beganAsJoin)) {
                throw damaged(file, "is missing or damaged");
            }
            // A folder that bears the group's name stands in for the file.
            entered(found.isEmpty() ? UUID.randomUUID() : found.getFirst());
        } catch (ConsensusStartException e) {
            throw e;
        } catch (IOException e) {
            throw new ConsensusStartException("cannot use " + file + ": " + reason(e), e);
        }
    }

    /// Moves groups that the node is not in out of the way of Ratis, which would run them. A node that was recovered
    /// has an earlier one, or, if a crash came in between, one that it never was in.
    static void setAsideAllBut(UUID group, Path root) throws IOException {
        List<Path> others;
        try (Stream<Path> folders = Files.list(root.resolve(GROUPS))) {
            others =
                    folders.filter(folder -> !folder.endsWith(group.toString())).toList();
        }
        if (others.isEmpty()) {
            return;
        }
        if (!Files.exists(root.resolve(GROUPS).resolve(group.toString()))) {
            throw damaged(root.resolve(GROUP), "names a group of which there is nothing");
        }
        setAside(others, root);
    }

    static void setAside(List<Path> groups, Path root) throws IOException {
        Path removed = root.resolve(REMOVED);
        Files.createDirectories(removed);
        for (Path folder : groups) {
            Files.move(folder, removed.resolve(String.valueOf(folder.getFileName())), StandardCopyOption.ATOMIC_MOVE);
        }
        forceDirectory(removed);
        forceDirectory(root.resolve(GROUPS));
        forceDirectory(root);
    }

    static @Nullable UUID groupIfAny(Path file) throws IOException {
        try {
            return Files.exists(file) ? UUID.fromString(Files.readString(file).strip()) : null;
        } catch (IllegalArgumentException | MalformedInputException _) {
            return null;
        }
    }

    private List<UUID> foundGroups() throws IOException {
        List<UUID> found = new ArrayList<>();
        try (Stream<Path> folders = Files.list(groups())) {
            for (Path folder : folders.toList()) {
                found.add(UUID.fromString(String.valueOf(folder.getFileName())));
            }
        } catch (IllegalArgumentException _) {
            LOG.debug("{} holds a folder that is no group's", groups());
        }
        return found;
    }

    /// The term in the file of the member's vote. Ratis writes that file whole or not at all, and gives it no checksum.
    static long term(Path file) throws ConsensusStartException {
        Properties vote = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            vote.load(in);
            if (vote.getProperty("votedFor") != null) {
                return Long.parseLong(vote.getProperty("term", ""));
            }
        } catch (IOException | IllegalArgumentException _) {
            // The same as a file without a vote.
        }
        throw damaged(file, "is missing or damaged");
    }

    /// A file that the node can't do without, nor make anew: others may rely on what it said.
    ///
    /// @param how in words that follow the file
    public static ConsensusStartException damaged(Path file, String how) {
        return new ConsensusStartException(file + " " + how + ": restore the node's data folder from a copy; or, if a"
                + " majority of the nodes besides it runs, start it with an empty folder and --join");
    }

    /// Whether this node has been a member. A removed member must not come back with its folder: the others may rely on
    /// its vote and its log being gone.
    boolean isMember() {
        return !beganAsJoin || Files.exists(root.resolve(MEMBER));
    }

    /// Records that this node is a member, before any other node relies on it.
    void becameMember() throws IOException {
        if (!isMember()) {
            write(root.resolve(MEMBER), "");
        }
    }

    /// Records that this node is no member any more, which the group knows. What it has of the log is cleared when it
    /// starts again.
    public void noMember() throws IOException {
        Files.deleteIfExists(root.resolve(MEMBER));
        forceDirectory(root);
    }

    static RaftConfigurationProto read(Path configuration) throws ConsensusStartException {
        try {
            RaftConfigurationProto members =
                    LogEntryProto.parseFrom(Files.readAllBytes(configuration)).getConfigurationEntry();
            if (members.getPeersCount() == 0) {
                throw damaged(configuration, "is damaged");
            }
            return members;
        } catch (InvalidProtocolBufferException _) {
            throw damaged(configuration, "is damaged");
        } catch (ConsensusStartException e) {
            throw e;
        } catch (IOException e) {
            throw new ConsensusStartException("cannot read " + configuration + ": " + reason(e), e);
        }
    }

    /// The list of the members has no checksum; its entry in the log has one. It is compared before the list is taken
    /// to say that this node is no member, or has another address.
    private static void requireAsInLog(Path configuration) throws ConsensusStartException {
        Path folder = Objects.requireNonNull(configuration.getParent());
        try {
            LogEntryProto listed = LogEntryProto.parseFrom(Files.readAllBytes(configuration));
            List<LogEntryProto> logged = new ArrayList<>();
            LogFiles.read(folder, entry -> {
                if (entry.getIndex() == listed.getIndex()) {
                    logged.add(entry);
                }
            });
            if (!logged.isEmpty() && !logged.contains(listed)) {
                throw damaged(configuration, "is damaged");
            }
        } catch (ConsensusStartException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw damaged(folder, "holds a damaged metadata log (" + Failures.line(e) + ")");
        }
    }

    static List<RaftPeerProto> named(RaftConfigurationProto members) {
        return Stream.concat(members.getPeersList().stream(), members.getOldPeersList().stream())
                .toList();
    }

    /// Ratis would keep telling the others the address it knows, without a word.
    private static void checkAddress(String known, String own) throws ConsensusStartException {
        if (!known.equals(own)) {
            throw new ConsensusStartException("the cluster knows this node by raft address " + known + ", not " + own
                    + ": start it with that address. If several nodes have moved, tell each of them all new addresses with"
                    + " walrus-node readdress. If only this one has, and a majority of the nodes besides it runs: remove"
                    + " it from the cluster, and let it join anew with an empty data folder. Empty no folder before"
                    + " that: it may hold the only copy");
        }
    }

    private void clear() throws ConsensusStartException {
        try (Stream<Path> found = Files.walk(groups())) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(groups())) {
                    Files.delete(path);
                }
            }
            Files.deleteIfExists(root.resolve(GROUP));
        } catch (IOException e) {
            throw new ConsensusStartException("cannot clear " + groups() + ": " + reason(e), e);
        }
    }

    /// Makes the names in a folder durable.
    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// The node that a folder belongs to, and whether it began by joining.
    record Beginning(long nodeId, boolean asJoin) {
        static Beginning read(Path identity) throws IOException {
            List<String> lines = Files.readAllLines(identity, StandardCharsets.UTF_8);
            if (lines.isEmpty() || !lines.getFirst().startsWith(FORMAT)) {
                throw damaged(identity, "is damaged");
            }
            if (!lines.getFirst().equals(FORMAT_LINE)) {
                throw new ConsensusStartException(identity + " is of another version of Walrus");
            }
            if (lines.size() < 3 || !lines.get(1).matches(NODE + "\\d{1,18}") || !BEGINNINGS.contains(lines.get(2))) {
                throw damaged(identity, "is damaged");
            }
            return new Beginning(
                    Long.parseLong(lines.get(1).substring(NODE.length())),
                    lines.get(2).equals(JOIN_LINE));
        }

        void write(Path identity) throws IOException {
            RaftFolder.write(
                    identity, FORMAT_LINE + "\n" + NODE + nodeId + "\n" + (asJoin ? JOIN_LINE : FOUNDER_LINE) + "\n");
        }

        private Beginning of(long own, Path root) throws ConsensusStartException {
            if (nodeId != own) {
                throw new ConsensusStartException(root + " belongs to node " + nodeId + ", this is node " + own
                        + ": start it with its own id or another data folder");
            }
            return this;
        }
    }

    /// Ratis has a lock of its own, but reports a held lock after seconds and with a stack trace. Opening the file for
    /// writing also shows whether this process may write here at all.
    static FileChannel lock(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException _) {
            // This process holds it, which is reported in the same way.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new ConsensusStartException(
                root + " is in use by another process: stop it or choose another data folder");
    }

    private static void refuseForeign(Path root) throws IOException {
        if (!Files.isDirectory(root) || Files.exists(root.resolve(IDENTITY))) {
            return;
        }
        try (Stream<Path> found = Files.list(root)) {
            List<String> names =
                    found.map(file -> String.valueOf(file.getFileName())).toList();
            if (names.stream().anyMatch(OWN::contains)) {
                throw damaged(root.resolve(IDENTITY), "is missing");
            }
            if (!OWN_BEFORE_IDENTITY.containsAll(names)) {
                throw new ConsensusStartException(
                        root + " holds files of something else: choose another data folder or empty it");
            }
        }
    }

    private static void writeIdentity(Path identity, RaftConfig config) throws IOException {
        new Beginning(config.nodeId(), config.whenNew() == RaftConfig.WhenNew.JOIN).write(identity);
        forceDirectory(config.dataDir());
    }

    /// Writes a file whole and durably, or not at all.
    static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Writes a file whole and durably, or not at all.
    static void write(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(Objects.requireNonNull(file.getParent()));
    }

    static void closeQuietly(@Nullable FileChannel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("Could not release the lock of the raft folder: {}", e.getMessage());
        }
    }

    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException missing -> "no such file " + missing.getFile();
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
