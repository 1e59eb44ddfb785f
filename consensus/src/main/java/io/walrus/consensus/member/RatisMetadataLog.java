package io.walrus.consensus.member;

import io.walrus.consensus.ClusterInfo;
import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.MetadataListener;
import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.ProposalOutcome.NotProposed;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftStatus;
import io.walrus.consensus.RemoveOutcome;
import io.walrus.consensus.call.DurableVotes;
import io.walrus.consensus.call.Gate;
import io.walrus.consensus.call.GroupCodec;
import io.walrus.consensus.call.InternalCallException;
import io.walrus.consensus.call.InternalCallException.Kind;
import io.walrus.consensus.call.InternalClient;
import io.walrus.consensus.call.InternalMethods;
import io.walrus.consensus.call.InternalService;
import io.walrus.consensus.call.PeerClients;
import io.walrus.consensus.call.RemoveRequest;
import io.walrus.consensus.raft.CommitNews;
import io.walrus.consensus.raft.Failures;
import io.walrus.consensus.raft.Leadership;
import io.walrus.consensus.raft.LocalProposals;
import io.walrus.consensus.raft.MetadataGroup;
import io.walrus.consensus.raft.MetadataStateMachine;
import io.walrus.consensus.raft.NodeIds;
import io.walrus.consensus.raft.Proposals;
import io.walrus.consensus.raft.RaftFolder;
import io.walrus.consensus.raft.RaftFolder.Stage;
import io.walrus.consensus.raft.RaftSettings;
import io.walrus.consensus.raft.Statuses;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.CommandCodec;
import io.walrus.metadata.MalformedException;
import io.walrus.transport.HostPort;
import io.walrus.transport.tcp.TcpTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;

/// [MetadataLog] on one Ratis server with one group.
public final class RatisMetadataLog implements MetadataLog {
    private final MetadataGroup group;
    private final MetadataStateMachine machine;
    private final InternalService internal;
    private final RaftFolder folder;
    private final CompletableFuture<Void> ready;
    private final PeerClients clients = new PeerClients();
    private final Proposals proposals;
    private final GroupService service;
    private final Joining joining;
    private final Leadership leadership;
    private final Executor threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("metadata-", 0).factory());

    /// The last status read, for the time after the close: a closed division answers nothing.
    private volatile RaftStatus recent;

    private volatile boolean closed;

    private RatisMetadataLog(
            MetadataGroup group,
            RaftConfig config,
            MetadataStateMachine machine,
            InternalService internal,
            RaftFolder folder) {
        this.group = group;
        this.machine = machine;
        this.internal = internal;
        this.folder = folder;
        ready = machine.ready();
        LocalProposals local = new LocalProposals(group);
        leadership = new Leadership(group);
        Membership membership = new Membership(
                group,
                leadership,
                new Reach(clients, config.protocol()),
                config.address(),
                config.electionTimeoutMax().toMillis());
        var _ = ready.thenRunAsync(membership::move, threads);
        proposals = new Proposals(group, local, clients, machine);
        service = new GroupService(group, machine, local, membership, clients);
        joining = new Joining(group, machine, folder, internal.gate(), clients, config.address());
        recent = Statuses.of(group);
        machine.whenApplied(new CommitNews(group, threads)::applied);
        internal.offer(service);
    }

    /// Starts taking part. When this returns the port answers, and the state of the newest snapshot is in [#state];
    /// commands behind it are applied as soon as a leader is known ([#ready]).
    ///
    /// @param peers takes the channels that other nodes open at the port
    /// @throws ConsensusStartException if it cannot start; nothing is left running
    public static MetadataLog start(RaftConfig config, MetadataListener listener, TcpTransport peers)
            throws ConsensusStartException {
        // Ratis ends the process on some failures unless told not to before its first class is used.
        ExitUtils.disableSystemExit();
        checkPort(config);
        RaftFolder folder = RaftFolder.open(config);
        try {
            Stage stage = folder.stage(config.nodeId(), config.address());
            MetadataStateMachine machine = new MetadataStateMachine(listener, folder);
            InternalService internal =
                    new InternalService(peers, new Gate(stage != Stage.BLANK), new DurableVotes(machine::forceVote));
            MetadataGroup group = startRatis(config, stage, folder, machine, internal);
            return new RatisMetadataLog(group, config, machine, internal, folder);
        } catch (ConsensusStartException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static MetadataGroup startRatis(
            RaftConfig config, Stage stage, RaftFolder folder, MetadataStateMachine machine, InternalService internal)
            throws ConsensusStartException {
        Parameters parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, (builder, _) -> internal.addTo(builder));
        RaftServer server = null;
        try {
            server = RaftServer.newBuilder()
                    .setServerId(NodeIds.toPeer(config.nodeId()))
                    .setGroup(group(config, stage, folder.group()))
                    // It formats what is not formatted, also where a crash came in between.
                    .setOption(StartupOption.RECOVER)
                    .setStateMachine(machine)
                    .setProperties(RaftSettings.of(config, folder, stage))
                    .setParameters(parameters)
                    .build();
            server.start();
            MetadataGroup group = new MetadataGroup(server, folder.group(), config.protocol());
            requireWhole(group, folder, stage);
            return group;
        } catch (IOException | RuntimeException e) {
            machine.closing();
            internal.close();
            closeQuietly(server, e);
            throw cannotStart(folder, e);
        }
    }

    /// A log that ends before the snapshot was cut: Ratis would neither go on with it nor drop it. A member that knows
    /// of none has lost their list: it would wait for ever.
    private static void requireWhole(MetadataGroup group, RaftFolder folder, Stage stage)
            throws ConsensusStartException {
        RaftStatus status = Statuses.of(group);
        if (stage == Stage.MEMBER && status.voters().isEmpty()) {
            throw RaftFolder.damaged(folder.configuration(), "is missing");
        }
        if (status.lastLogIndex() < status.snapshotIndex()) {
            throw RaftFolder.damaged(
                    folder.groups(),
                    "holds a metadata log that was cut: it ends with entry " + status.lastLogIndex()
                            + ", before the snapshot of entry " + status.snapshotIndex());
        }
    }

    private static ConsensusStartException cannotStart(RaftFolder folder, Exception reason) {
        return switch (Failures.root(reason)) {
            case ConsensusStartException known -> known;
            case ChecksumException damage ->
                RaftFolder.damaged(folder.groups(), "holds a damaged metadata log (" + Failures.line(damage) + ")");
            default ->
                new ConsensusStartException(
                        "cannot start the metadata group in " + folder.groups() + ": " + Failures.line(reason), reason);
        };
    }

    /// Names the only voter as long as no configuration of the group is on disk, which is the truth afterwards. A
    /// joining node learns the members from the leader.
    private static @Nullable RaftGroup group(RaftConfig config, Stage stage, @Nullable UUID id) {
        if (id == null) {
            return null;
        }
        RaftGroupId groupId = RaftGroupId.valueOf(id);
        return switch (stage) {
            case FOUNDING -> RaftGroup.valueOf(groupId, NodeIds.peer(config.nodeId(), config.address()));
            case BLANK, LONE_MEMBER, MEMBER -> RaftGroup.valueOf(groupId);
        };
    }

    /// Ratis reports a port in use with a stack trace and an attempt to end the process, so look before.
    private static void checkPort(RaftConfig config) throws ConsensusStartException {
        String address = new HostPort(config.host(), config.port()).toString();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(config.host()), config.port()));
        } catch (UnknownHostException e) {
            throw new ConsensusStartException("raft address " + address + ": unknown host " + config.host(), e);
        } catch (IOException e) {
            throw new ConsensusStartException("cannot listen on raft address " + address + ": " + e.getMessage(), e);
        }
    }

    @Override
    public CompletableFuture<ProposalOutcome> propose(Command command, Duration timeout) {
        byte[] bytes;
        try {
            bytes = CommandCodec.encode(command);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(new NotProposed(String.valueOf(e.getMessage())));
        }
        return proposals.propose(bytes, timeout);
    }

    /// Asks a node who it is, before this one starts. The future completes within the timeout, on a thread that must
    /// not be blocked; it fails with an [InternalCallException] only.
    public static CompletableFuture<ClusterInfo> ask(String host, int port, Duration timeout) {
        InternalClient client = new InternalClient(host, port);
        return client.call(InternalMethods.ASK, new byte[0], timeout)
                .thenCompose(RatisMetadataLog::info)
                .whenComplete((_, _) -> client.close());
    }

    private static CompletableFuture<ClusterInfo> info(byte[] answer) {
        try {
            return CompletableFuture.completedFuture(GroupCodec.decodeClusterInfo(answer));
        } catch (MalformedException e) {
            return CompletableFuture.failedFuture(
                    new InternalCallException(Kind.UNKNOWN, String.valueOf(e.getMessage())));
        }
    }

    @Override
    public CompletableFuture<JoinOutcome> join(String host, int port, Duration timeout) {
        return CompletableFuture.supplyAsync(() -> joining.join(new HostPort(host, port).toString(), timeout), threads);
    }

    @Override
    public CompletableFuture<RemoveOutcome> removeMember(long nodeId, Duration timeout) {
        RemoveRequest request = new RemoveRequest(nodeId, false, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return service.remove(request);
                    } catch (MalformedException e) {
                        return new RemoveOutcome.NotYet(String.valueOf(e.getMessage()));
                    }
                },
                threads);
    }

    @Override
    public CompletableFuture<RemoveOutcome> withdraw(Duration timeout) {
        return removeMember(group.nodeId(), timeout).thenApply(outcome -> {
            if (outcome instanceof RemoveOutcome.Removed) {
                machine.memberNoMore();
                try {
                    folder.noMember();
                } catch (IOException e) {
                    return new RemoveOutcome.NotYet("the folder can't be written: " + e.getMessage());
                }
            }
            return outcome;
        });
    }

    @Override
    public CompletableFuture<Boolean> transferLeadership(Duration timeout) {
        return CompletableFuture.supplyAsync(() -> leadership.transfer(timeout), threads);
    }

    @Override
    public long leaderId() {
        return group.leaderId();
    }

    @Override
    public boolean leads() {
        return group.leads();
    }

    @Override
    public ClusterState state() {
        return machine.state();
    }

    @Override
    public RaftStatus status() {
        if (!closed && group.alive()) {
            try {
                RaftStatus now = Statuses.of(group);
                recent = now;
                return now;
            } catch (IllegalStateException _) {
                // The division closed between the two looks.
            }
        }
        return recent.closed();
    }

    @Override
    public CompletableFuture<Void> ready() {
        return ready.copy();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        var _ = status();
        closed = true;
        machine.closing();
        proposals.close();
        closeQuietly(group.server(), null);
        clients.close();
        internal.close();
        folder.close();
    }

    private static void closeQuietly(@Nullable RaftServer server, @Nullable Exception reason) {
        if (server == null) {
            return;
        }
        try {
            server.close();
        } catch (IOException e) {
            if (reason != null) {
                reason.addSuppressed(e);
            }
        }
    }
}
