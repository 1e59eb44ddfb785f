package io.walrus.consensus.raft;

import io.walrus.consensus.ConsensusStartException;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.CommandCodec;
import io.walrus.metadata.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/// A member of the metadata group that is stopped: what its `raft` folder has of the metadata, and how the folder is
/// changed when the group can't change itself any more. Its folder is locked until [#close].
///
/// All entries of its log count, also those that it does not know to be committed: a majority that is gone may have
/// committed them. Nothing is changed by opening it. Of each change a crash leaves the member as it was, or as it is to
/// be; a change that was interrupted may be made again.
public final class StoppedMember implements AutoCloseable {
    private static final String PREPARED = "prepared";

    private final Path root;
    private final FileChannel lock;
    private final RaftFolder.Beginning beginning;
    private final UUID group;
    private ClusterState state;
    private TermIndex last;
    private @Nullable RaftConfigurationProto members;

    private StoppedMember(Path root, FileChannel lock, RaftFolder.Beginning beginning, UUID group) throws IOException {
        this.root = root;
        this.lock = lock;
        this.beginning = beginning;
        this.group = group;
        SnapshotFiles.Stored snapshot = SnapshotFiles.newest(folder().resolve("sm"));
        state = snapshot.state();
        last = snapshot.at();
        if (Files.exists(configuration())) {
            members = RaftFolder.read(configuration());
        }
        readLog();
    }

    /// Reads a member's folder.
    ///
    /// @param dataDir the data folder
    /// @throws ConsensusStartException if it is in use, damaged, or not that of a member
    public static StoppedMember open(Path dataDir) throws ConsensusStartException {
        Path root = dataDir.resolve(RaftFolder.NAME).toAbsolutePath().normalize();
        FileChannel lock = null;
        StoppedMember opened = null;
        try {
            if (!Files.exists(root.resolve(RaftFolder.IDENTITY))) {
                throw noMember(dataDir);
            }
            lock = RaftFolder.lock(root);
            RaftFolder.Beginning beginning = RaftFolder.Beginning.read(root.resolve(RaftFolder.IDENTITY));
            UUID group = RaftFolder.groupIfAny(root.resolve(RaftFolder.GROUP));
            if (beginning.asJoin() && !Files.exists(root.resolve(RaftFolder.MEMBER))) {
                throw noMember(dataDir);
            }
            if (group == null) {
                throw RaftFolder.damaged(root.resolve(RaftFolder.GROUP), "is missing or damaged");
            }
            opened = new StoppedMember(root, lock, beginning, group);
            if (!opened.addresses().containsKey(beginning.nodeId())) {
                throw noMember(dataDir);
            }
            return opened;
        } catch (ConsensusStartException e) {
            opened = null;
            throw e;
        } catch (IOException e) {
            throw new ConsensusStartException("cannot read " + root + ": " + RaftFolder.reason(e), e);
        } finally {
            if (opened == null) {
                RaftFolder.closeQuietly(lock);
            }
        }
    }

    private static ConsensusStartException noMember(Path dataDir) {
        return new ConsensusStartException(
                "the node of data folder " + dataDir + " is not a member of a cluster: start it with" + " --join");
    }

    private void readLog() throws IOException {
        try {
            LogFiles.read(current(), this::read);
        } catch (RuntimeException | IOException e) {
            throw RaftFolder.damaged(current(), "holds a damaged metadata log (" + Failures.line(e) + ")");
        }
    }

    private void read(LogEntryProto entry) {
        if (entry.hasConfigurationEntry()) {
            members = entry.getConfigurationEntry();
        }
        if (entry.getIndex() <= last.getIndex()) {
            return;
        }
        if (entry.getIndex() != last.getIndex() + 1) {
            throw new MalformedMetadataException("entry " + (last.getIndex() + 1) + " is missing");
        }
        if (entry.hasStateMachineLogEntry()) {
            try {
                state = state.apply(CommandCodec.decode(
                                entry.getStateMachineLogEntry().getLogData().toByteArray()))
                        .state();
            } catch (MalformedException e) {
                throw new MalformedMetadataException("entry " + entry.getIndex() + ": " + e.getMessage());
            }
        }
        last = TermIndex.valueOf(entry.getTerm(), entry.getIndex());
    }

    /// The log's reader lets no checked exception through.
    private static final class MalformedMetadataException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MalformedMetadataException(String message) {
            super(message);
        }
    }

    public long nodeId() {
        return beginning.nodeId();
    }

    /// The metadata with all entries of the log.
    public ClusterState state() {
        return state;
    }

    /// The place of the log's last entry.
    public LogPosition last() {
        return new LogPosition(last.getTerm(), last.getIndex());
    }

    /// When the log or a snapshot was last written: about when the member last heard of a change, or was last started.
    public Instant lastWritten() throws IOException {
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches("(log_|snapshot\\.).*"))
                    .map(StoppedMember::modified)
                    .max(Comparator.naturalOrder())
                    .orElse(Instant.EPOCH);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The Raft addresses of the voters by id, `host:port`.
    public Map<Long, String> addresses() {
        Map<Long, String> addresses = new TreeMap<>();
        if (members != null) {
            for (RaftPeerProto peer : RaftFolder.named(members)) {
                addresses.put(Long.parseLong(peer.getId().toStringUtf8()), peer.getAddress());
            }
        }
        return addresses;
    }

    /// Lays out a group of its own for this member, in which it is the only voter. Nothing uses it before [#enter].
    ///
    /// @param metadata with which the group begins
    /// @return the group's id
    public UUID prepare(ClusterState metadata) throws IOException {
        UUID id = UUID.randomUUID();
        Path prepared = root.resolve(PREPARED);
        delete(prepared);
        Path begun = prepared.resolve(id.toString());
        Path own = Files.createDirectories(begun.resolve("current"));
        Path snapshots = Files.createDirectories(begun.resolve("sm"));
        SnapshotFiles.save(metadata, snapshots, last);
        RaftFolder.write(own.resolve("raft-meta"), "term=" + term() + "\nvotedFor=" + nodeId() + "\n");
        LogEntryProto alone = LogEntryProto.newBuilder()
                .setTerm(last.getTerm())
                .setIndex(last.getIndex())
                .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                        .addPeers(NodeIds.peer(
                                        nodeId(),
                                        Objects.requireNonNull(addresses().get(nodeId())))
                                .getRaftPeerProto()))
                .build();
        RaftFolder.write(own.resolve("raft-meta.conf"), alone.toByteArray());
        RaftFolder.forceDirectory(begun);
        Path place = root.resolve(RaftFolder.GROUPS).resolve(id.toString());
        Files.move(begun, place, StandardCopyOption.ATOMIC_MOVE);
        RaftFolder.forceDirectory(Objects.requireNonNull(place.getParent()));
        delete(prepared);
        return id;
    }

    /// The term that the member has voted in, at least.
    private long term() throws IOException {
        return Math.max(last.getTerm(), RaftFolder.term(current().resolve("raft-meta")));
    }

    /// Makes the member one of a group that was prepared. What it has of the earlier group is kept in `raft/removed`.
    public void enter(UUID prepared) throws IOException {
        RaftFolder.write(root.resolve(RaftFolder.GROUP), prepared + "\n");
        RaftFolder.setAsideAllBut(prepared, root);
    }

    /// Makes the node one that is yet to join. What it has of the group is kept in `raft/removed`.
    public void leave() throws IOException {
        Files.deleteIfExists(root.resolve(RaftFolder.MEMBER));
        RaftFolder.forceDirectory(root);
        if (!beginning.asJoin()) {
            new RaftFolder.Beginning(nodeId(), true).write(root.resolve(RaftFolder.IDENTITY));
        }
        RaftFolder.setAside(List.of(folder()), root);
    }

    /// Gives members other addresses, in all that the member has of the group's configuration. Members are told
    /// apart by their ids alone, so those with the new addresses and those with the old ones remain one group.
    ///
    /// @param addresses `host:port` by id; the others keep theirs
    public void readdress(Map<Long, String> addresses) throws IOException {
        // First, as the start of the node takes its own address from here.
        if (Files.exists(configuration())) {
            LogEntryProto entry = LogEntryProto.parseFrom(Files.readAllBytes(configuration()));
            RaftFolder.write(configuration(), readdressed(entry, addresses).toByteArray());
        }
        LogFiles.rewrite(current(), entry -> readdressed(entry, addresses));
    }

    private static LogEntryProto readdressed(LogEntryProto entry, Map<Long, String> addresses) {
        if (!entry.hasConfigurationEntry()) {
            return entry;
        }
        RaftConfigurationProto.Builder members = entry.getConfigurationEntry().toBuilder();
        members.getPeersBuilderList().forEach(peer -> readdress(peer, addresses));
        members.getOldPeersBuilderList().forEach(peer -> readdress(peer, addresses));
        return entry.toBuilder().setConfigurationEntry(members).build();
    }

    private static void readdress(RaftPeerProto.Builder peer, Map<Long, String> addresses) {
        String address = addresses.get(Long.parseLong(peer.getId().toStringUtf8()));
        if (address != null) {
            peer.setAddress(address);
        }
    }

    private Path folder() {
        return root.resolve(RaftFolder.GROUPS).resolve(group.toString());
    }

    private Path current() {
        return folder().resolve("current");
    }

    private Path configuration() {
        return current().resolve("raft-meta.conf");
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() {
        RaftFolder.closeQuietly(lock);
    }
}
