package io.walrus.consensus.raft;

import io.walrus.consensus.MetadataListener;
import io.walrus.metadata.Applied;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.CommandCodec;
import io.walrus.metadata.MalformedException;
import io.walrus.metadata.ResultCodec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.ProtoUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies committed commands to the state, in log order on Ratis' one updater thread, and takes snapshots between.
public final class MetadataStateMachine extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataStateMachine.class);

    private static final long SNAPSHOT_PAUSE_NS = TimeUnit.SECONDS.toNanos(5);

    private final MetadataListener listener;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final RaftFolder folder;
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final SnapshotFiles snapshots = new SnapshotFiles(storage);
    private volatile Runnable whenApplied = () -> {};
    private final AppliedIndex appliedIndex = new AppliedIndex();
    private final AtomicBoolean ended = new AtomicBoolean();

    /// Written by the updater thread only, or before it runs.
    private volatile ClusterState state = ClusterState.EMPTY;

    /// No snapshot is tried before this time; used on the updater thread only.
    private long snapshotsFromNs = System.nanoTime();

    /// The folder of Ratis' configuration; set once before the updater thread runs.
    private volatile Path current = Path.of("");

    /// The folder of Ratis' snapshots; set likewise.
    private volatile Path snapshotFolder = Path.of("");

    /// Configurations up to this entry that name this node's id mean its predecessor, which is gone.
    private volatile long foreignUpTo = -1;

    /// The log files whose names are durable; used on the thread that writes the log only.
    private Set<String> forcedLogFiles = Set.of();

    /// The voters that the log has a line of, so that it gets one only.
    private List<String> told = List.of();

    public MetadataStateMachine(MetadataListener listener, RaftFolder folder) {
        this.listener = listener;
        this.folder = folder;
    }

    public CompletableFuture<Void> ready() {
        return ready;
    }

    public ClusterState state() {
        return state;
    }

    /// Lets only configurations after this entry make this node a member.
    public void memberOnlyAfter(long index) {
        foreignUpTo = index;
    }

    /// Lets no configuration make this node a member any more.
    public void memberNoMore() {
        foreignUpTo = Long.MAX_VALUE;
    }

    /// Runs the action after each command, on the updater thread.
    public void whenApplied(Runnable action) {
        whenApplied = action;
    }

    /// Whether this node has been a member, as far as it knows.
    public boolean member() {
        return folder.isMember();
    }

    AppliedIndex appliedIndex() {
        return appliedIndex;
    }

    /// From here on the end of the group is no failure.
    public void closing() {
        ended.set(true);
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        // Without these life cycle steps a follower asks for a snapshot for ever.
        getLifeCycle().transition(LifeCycle.State.STARTING);
        super.initialize(server, groupId, raftStorage);
        storage.init(raftStorage);
        current = raftStorage.getStorageDir().getCurrentDir().toPath();
        snapshotFolder = raftStorage.getStorageDir().getStateMachineDir().toPath();
        forceNames();
        SnapshotFiles.removeUnfinished(snapshotFolder);
        restore();
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    /// Makes the names of the folders durable that Ratis has created, with those above them.
    private void forceNames() throws IOException {
        Path top = folder.groups().toAbsolutePath();
        for (Path at = current.toAbsolutePath(); at != null && at.startsWith(top); at = at.getParent()) {
            RaftFolder.forceDirectory(at);
        }
    }

    /// Makes durable that this node has voted: Ratis renames the file of the vote without forcing the folder, and a
    /// power loss would have the node vote again in the same term. Called before the vote counts. Blocks.
    public void forceVote() throws IOException {
        RaftFolder.forceDirectory(current);
    }

    /// Makes the names of new log files durable, which Ratis creates without forcing the folder. On the thread that
    /// writes the log, before it forces what it wrote.
    @Override
    public CompletableFuture<Void> flush(long index) {
        try {
            Set<String> names = logFiles();
            if (!names.equals(forcedLogFiles)) {
                RaftFolder.forceDirectory(current);
                forcedLogFiles = names;
            }
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Set<String> logFiles() throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(current, "log_*")) {
            for (Path file : files) {
                names.add(String.valueOf(file.getFileName()));
            }
        }
        return names;
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        // Ratis renamed a snapshot of the leader's into place; the log it stands in for is dropped from now on.
        SnapshotFiles.forceInstalled(snapshotFolder);
        restore();
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    private void restore() throws IOException {
        SingleFileSnapshotInfo snapshot = storage.loadLatestSnapshot();
        if (snapshot == null) {
            return;
        }
        state = SnapshotFiles.load(snapshot);
        setLastAppliedTermIndex(snapshot.getTermIndex());
        listener.restored(snapshot.getIndex(), state);
        appliedIndex.advance(snapshot.getIndex());
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        TransactionContext transaction = super.startTransaction(request);
        try {
            transaction.setStateMachineContext(
                    CommandCodec.decode(request.getMessage().getContent().toByteArray()));
        } catch (MalformedException e) {
            // A command that cannot be read must not reach the log, where it would stop every node.
            transaction.setException(e);
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        try {
            return CompletableFuture.completedFuture(apply(transaction, entry));
        } catch (RuntimeException | Error e) {
            // Ratis then closes the group on this node without a word to anyone.
            fail("metadata log entry " + entry.getIndex() + " cannot be applied: " + e.getMessage());
            throw e;
        }
    }

    private Message apply(TransactionContext transaction, LogEntryProto entry) {
        Command command =
                transaction.getStateMachineContext() instanceof Command proposedHere ? proposedHere : decoded(entry);
        Applied applied = state.apply(command);
        state = applied.state();
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        listener.applied(entry.getIndex(), applied);
        appliedIndex.advance(entry.getIndex());
        whenApplied.run();
        return Message.valueOf(ByteString.copyFrom(ResultCodec.encode(applied.result())));
    }

    /// Skipping an entry would let this node's state diverge from the other nodes', so the node stops instead.
    private static Command decoded(LogEntryProto entry) {
        try {
            return CommandCodec.decode(
                    entry.getStateMachineLogEntry().getLogData().toByteArray());
        } catch (MalformedException e) {
            throw new IllegalStateException("it cannot be read by this version: " + e.getMessage(), e);
        }
    }

    /// A failed snapshot is tried again later, and the log stays until then: Ratis would try with each command.
    @Override
    public long takeSnapshot() {
        TermIndex at = getLastAppliedTermIndex();
        if (at.getIndex() < 0 || System.nanoTime() - snapshotsFromNs < 0) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        try {
            snapshots.save(state, at);
        } catch (IOException e) {
            snapshotsFromNs = System.nanoTime() + SNAPSHOT_PAUSE_NS;
            LOG.warn("Cannot write a snapshot of the metadata: {}; trying again", e.getMessage());
            return RaftLog.INVALID_LOG_INDEX;
        }
        return at.getIndex();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto members) {
        try {
            // Ratis renamed the new configuration into place; the log that also holds it may be purged from now on.
            RaftFolder.forceDirectory(current);
            ByteString self = getId().getRaftPeerIdProto().getId();
            if (index > foreignUpTo
                    && members.getPeersList().stream()
                            .anyMatch(peer -> peer.getId().equals(self))) {
                folder.becameMember();
            }
        } catch (IOException e) {
            fail("cannot make the group's configuration durable in " + current + ": " + e.getMessage());
        }
        useAddresses(members);
        tellVoters(members);
    }

    private void useAddresses(RaftConfigurationProto members) {
        RaftServer here = getServer().join();
        for (RaftPeerProto peer : members.getPeersList()) {
            RaftPeer member = ProtoUtils.toRaftPeer(peer);
            if (!member.getId().equals(getId())) {
                PeerAddresses.use(here, member);
            }
        }
    }

    /// Tells who votes. Every leader repeats the configuration when it begins, and between two there is one of both.
    private void tellVoters(RaftConfigurationProto members) {
        List<String> voters = members.getPeersList().stream()
                .map(peer -> peer.getId().toStringUtf8() + " at " + peer.getAddress())
                .toList();
        if (members.getOldPeersCount() > 0 || voters.equals(told)) {
            return;
        }
        told = voters;
        LOG.info("the nodes that vote on the metadata: {}", String.join(", ", voters));
        if (voters.size() == 2) {
            LOG.warn("The metadata group has two voters: it stops when either fails. Add a third node.");
        }
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        long leaderId = NodeIds.fromPeer(leader);
        if (leader.equals(member.getPeerId())) {
            forceOwnVote();
        }
        listener.leaderChanged(leaderId);
        if (leaderId != NodeIds.fromPeer(member.getPeerId())) {
            ready.complete(null);
        }
    }

    /// Before this node, elected with its own vote, sends anything as the leader.
    private void forceOwnVote() {
        try {
            forceVote();
        } catch (IOException e) {
            fail("cannot make this node's vote durable in " + current + ": " + e.getMessage());
        }
    }

    @Override
    public void notifyLeaderReady() {
        listener.leaderReady(getLastAppliedTermIndex().getTerm());
        ready.complete(null);
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
        fail("the metadata log cannot be written: " + cause.getMessage());
    }

    @Override
    public void notifyGroupRemove() {
        fail("this node was removed from the cluster");
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean wholeServer) {
        fail("the metadata group stopped on this node; the log says why");
    }

    /// Also called when the group closes itself, which it reports nowhere else.
    @Override
    public void close() {
        fail("the metadata group stopped on this node; the log says why");
    }

    private void fail(String reason) {
        if (ended.compareAndSet(false, true)) {
            listener.failed(reason);
        }
    }
}
