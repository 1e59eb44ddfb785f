package io.walrus.consensus;

import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.consensus.ProposalOutcome.NotProposed;
import io.walrus.consensus.ProposalOutcome.Unknown;
import io.walrus.consensus.RaftFolder.Stage;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.CommandCodec;
import io.walrus.metadata.MalformedException;
import io.walrus.metadata.ResultCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;

/// [MetadataLog] on one Ratis server with one group.
final class RatisMetadataLog implements MetadataLog {
    /// The same in every cluster: what tells clusters apart is the cluster id in the state.
    private static final UUID GROUP_UUID = UUID.nameUUIDFromBytes("walrus metadata".getBytes(StandardCharsets.UTF_8));

    private static final RaftGroupId GROUP = RaftGroupId.valueOf(GROUP_UUID);

    private final RaftServer server;
    private final RaftServer.Division division;
    private final MetadataStateMachine machine;
    private final InternalService internal;
    private final RaftFolder folder;
    private final CompletableFuture<Void> ready;
    private final ClientId proposer = ClientId.randomId();

    /// The last status read; a closed division answers nothing.
    private volatile RaftStatus recent;

    private volatile boolean closed;

    private RatisMetadataLog(
            RaftServer server,
            RaftServer.Division division,
            MetadataStateMachine machine,
            InternalService internal,
            RaftFolder folder,
            CompletableFuture<Void> ready) {
        this.server = server;
        this.division = division;
        this.machine = machine;
        this.internal = internal;
        this.folder = folder;
        this.ready = ready;
        recent = Statuses.of(division);
    }

    static RatisMetadataLog start(
            RaftConfig config, MetadataListener listener, InternalHandler handler, PeerStreamAcceptor acceptor)
            throws ConsensusStartException {
        // Ratis ends the process on some failures unless told not to before its first class is used.
        ExitUtils.disableSystemExit();
        checkPort(config);
        RaftFolder folder = RaftFolder.open(config, GROUP_UUID);
        try {
            return start(config, listener, new InternalService(handler, acceptor), folder);
        } catch (ConsensusStartException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static RatisMetadataLog start(
            RaftConfig config, MetadataListener listener, InternalService internal, RaftFolder folder)
            throws ConsensusStartException {
        Stage stage = folder.stage();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        MetadataStateMachine machine = new MetadataStateMachine(listener, ready);
        Parameters parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, (builder, _) -> internal.addTo(builder));
        RaftServer server = null;
        try {
            server = RaftServer.newBuilder()
                    .setServerId(NodeIds.toPeer(config.nodeId()))
                    .setGroup(group(config, stage))
                    .setOption(stage == Stage.NEW ? StartupOption.FORMAT : StartupOption.RECOVER)
                    .setStateMachine(machine)
                    .setProperties(RaftSettings.of(config, folder, stage))
                    .setParameters(parameters)
                    .build();
            server.start();
            return new RatisMetadataLog(server, server.getDivision(GROUP), machine, internal, folder, ready);
        } catch (IOException | RuntimeException e) {
            machine.closing();
            internal.close();
            closeQuietly(server, e);
            throw new ConsensusStartException(
                    "cannot start the metadata group in " + folder.groups() + ": " + rootMessage(e), e);
        }
    }

    /// Voters are named only as long as no configuration of the group is on disk; after that the disk knows better.
    private static RaftGroup group(RaftConfig config, Stage stage) {
        return switch (stage) {
            case NEW, FORMATTED ->
                RaftGroup.valueOf(
                        GROUP,
                        RaftPeer.newBuilder()
                                .setId(NodeIds.toPeer(config.nodeId()))
                                .setAddress(config.advertiseHost() + ":" + config.port())
                                .build());
            case LONE_MEMBER, MEMBER -> RaftGroup.valueOf(GROUP);
        };
    }

    /// Ratis reports a port in use with a stack trace and an attempt to end the process, so look before.
    private static void checkPort(RaftConfig config) throws ConsensusStartException {
        String address = config.host() + ":" + config.port();
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
        if (!division.getInfo().isLeaderReady()) {
            return CompletableFuture.completedFuture(new NotProposed("this node does not lead the metadata group"));
        }
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(proposer)
                .setServerId(server.getId())
                .setGroupId(GROUP)
                .setCallId(CallId.getAndIncrement())
                .setMessage(Message.valueOf(ByteString.copyFrom(bytes)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
        CompletableFuture<RaftClientReply> reply;
        try {
            reply = server.submitClientRequestAsync(request);
        } catch (IOException e) {
            return CompletableFuture.completedFuture(new Unknown(rootMessage(e)));
        }
        return reply.handle(RatisMetadataLog::outcome)
                .completeOnTimeout(
                        new Unknown("no answer from the metadata group within " + timeout.toMillis() + " ms"),
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private static ProposalOutcome outcome(@Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (reply == null) {
            return new Unknown(failure == null ? "no reply" : rootMessage(failure));
        }
        if (reply.isSuccess()) {
            try {
                return new Committed(
                        reply.getLogIndex(),
                        ResultCodec.decode(reply.getMessage().getContent().toByteArray()));
            } catch (MalformedException e) {
                return new Unknown(String.valueOf(e.getMessage()));
            }
        }
        Throwable exception = reply.getException();
        return switch (exception) {
            // These come before anything is appended. Not leading any more may come after it.
            case LeaderNotReadyException _ -> new NotProposed("the metadata leader is not ready yet");
            case LeaderSteppingDownException _ -> new NotProposed("the metadata leader is stepping down");
            case ResourceUnavailableException _ -> new NotProposed("the metadata leader is overloaded");
            case StateMachineException refused
            when refused.getCause() instanceof MalformedException -> new NotProposed(rootMessage(refused));
            case null -> new Unknown("the metadata group gave no reason");
            default -> new Unknown(rootMessage(exception));
        };
    }

    @Override
    public ClusterState state() {
        return machine.state();
    }

    @Override
    public RaftStatus status() {
        if (!closed && division.getInfo().isAlive()) {
            try {
                RaftStatus now = Statuses.of(division);
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
        closeQuietly(server, null);
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

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null
                ? root.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
