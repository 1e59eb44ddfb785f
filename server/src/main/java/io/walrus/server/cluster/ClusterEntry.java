package io.walrus.server.cluster;

import io.walrus.consensus.ClusterInfo;
import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.MetadataListener;
import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftStatus;
import io.walrus.consensus.RemoveOutcome;
import io.walrus.consensus.member.RatisMetadataLog;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Result;
import io.walrus.node.peer.PeerCodec;
import io.walrus.server.config.ServerConfig;
import io.walrus.server.config.StartupException;
import io.walrus.server.folder.DataFolder;
import io.walrus.server.folder.Identity;
import io.walrus.server.folder.IoReason;
import io.walrus.server.folder.Runs;
import io.walrus.transport.HostPort;
import io.walrus.transport.tcp.TcpTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a node gets into its cluster: it founds one, joins one, or resumes its place in one. What depends on other nodes
/// is tried for as long as it takes, since nodes may start in any order; each new obstacle is a line in the log. A
/// [StopSignal] ends every wait.
///
/// Used on the thread that starts the node, in the order of the methods.
public final class ClusterEntry {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEntry.class);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final long ANSWER_MS = 2 * CALL_TIMEOUT.toMillis();
    private static final long FIRST_RETRY_MS = 100;
    private static final long MAX_RETRY_MS = 500;
    private static final long READY_NOTICE_MS = 10_000;

    private final ServerConfig config;
    private final UUID bootId = UUID.randomUUID();
    private final StopSignal stop;
    private String obstacle = "";
    private long retryMs = FIRST_RETRY_MS;
    /// What the node named by `--join` says of its cluster; asked for early, needed at the end of the start only.
    private @Nullable CompletableFuture<ClusterInfo> theirs;
    private boolean hasJoined;
    private boolean isFolderOlder;

    public ClusterEntry(ServerConfig config, StopSignal stop) {
        this.config = config;
        this.stop = stop;
    }

    /// By what others know this run of the node.
    UUID bootId() {
        return bootId;
    }

    /// Whose the data folder is. A new one becomes that of the cluster to join, or of one that this node founds.
    public Identity identity(DataFolder folder) throws StartupException {
        Identity known = folder.identity();
        return known != null
                ? known
                : folder.claim(config.cluster().join().isEmpty() ? UUID.randomUUID() : clusterToJoin());
    }

    private UUID clusterToJoin() throws StartupException {
        if (config.cluster().join().equals(ownAddress())) {
            throw new StartupException("--join " + config.cluster().join()
                    + " is this node itself: name another node, or leave it out to found a cluster");
        }
        while (true) {
            try {
                UUID clusterId = stop.await(RatisMetadataLog.ask(joinHost(), joinPort(), CALL_TIMEOUT), ANSWER_MS)
                        .clusterId();
                if (clusterId != null) {
                    retryMs = FIRST_RETRY_MS;
                    return clusterId;
                }
                retry("node at " + config.cluster().join() + " has no cluster yet");
            } catch (ExecutionException e) {
                retry(String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()));
            } catch (TimeoutException _) {
                retry("no answer from " + config.cluster().join());
            }
        }
    }

    /// Starts this node's part in the metadata.
    MetadataLog start(Path directory, MetadataListener listener, TcpTransport peers) throws StartupException {
        theirs = config.cluster().join().isEmpty() ? null : RatisMetadataLog.ask(joinHost(), joinPort(), CALL_TIMEOUT);
        RaftConfig raftConfig = new RaftConfig(
                config.nodeId(),
                directory,
                config.cluster().raftHost(),
                config.cluster().raftAdvertiseHost(),
                config.cluster().raftPort(),
                PeerCodec.VERSION,
                config.cluster().join().isEmpty() ? RaftConfig.WhenNew.BOOTSTRAP : RaftConfig.WhenNew.JOIN,
                config.cluster().snapshotEvery(),
                RaftConfig.DEFAULT_ELECTION_TIMEOUT_MIN,
                RaftConfig.DEFAULT_ELECTION_TIMEOUT_MAX);
        try {
            return RatisMetadataLog.start(raftConfig, listener, peers);
        } catch (ConsensusStartException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        }
    }

    /// A folder knows its cluster, whatever `--join` says, but one of another cluster was hardly meant to be used here.
    /// Nodes that don't answer have no say in it.
    private void requireClusterOf(Identity identity) throws StartupException {
        CompletableFuture<ClusterInfo> asked = theirs;
        if (asked == null) {
            return;
        }
        try {
            UUID cluster = stop.await(asked, ANSWER_MS).clusterId();
            if (cluster != null && !cluster.equals(identity.clusterId())) {
                throw new StartupException(
                        "data folder " + config.disk().dataDirectory() + " belongs to another cluster than the node at "
                                + config.cluster().join() + ": name another --data-dir, or another --join; if that"
                                + " cluster was recovered from a lost majority, see walrus-node rejoin --help");
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug(
                    "{} can't be asked which cluster it is in: {}",
                    config.cluster().join(),
                    e.getMessage());
        }
    }

    /// Makes this node a voting member, if it isn't one, and known to all; when this returns, all that was decided
    /// before is known here.
    ClusterState enter(MetadataLog raft, Identity identity) throws StartupException {
        requireClusterOf(identity);
        if (!raft.status().voters().contains((long) config.nodeId())) {
            join(raft);
        }
        awaitLeader(raft);
        return introduce(raft, identity);
    }

    private void join(MetadataLog raft) throws StartupException {
        if (config.cluster().join().isEmpty()) {
            throw new StartupException("this node is not a member of its cluster yet: start it with --join");
        }
        LOG.info("joining the cluster at {}", config.cluster().join());
        while (true) {
            try {
                switch (stop.await(raft.join(joinHost(), joinPort(), CALL_TIMEOUT), ANSWER_MS)) {
                    case JoinOutcome.Joined _ -> {
                        LOG.info("joined the cluster at {}", config.cluster().join());
                        hasJoined = true;
                        return;
                    }
                    case JoinOutcome.Refused(String reason) -> throw new StartupException(reason);
                    case JoinOutcome.NotYet(String reason) -> retry(reason);
                }
            } catch (ExecutionException e) {
                retry(String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()));
            } catch (TimeoutException _) {
                retry("no answer from " + config.cluster().join());
            }
        }
    }

    /// Takes the node out of the cluster again if it came in with this start, which failed: others would count on its
    /// vote. Not if it was told to stop, since it then comes back.
    void withdraw(MetadataLog raft) {
        if (!hasJoined || stop.isStopped()) {
            return;
        }
        switch (raft.withdraw(CALL_TIMEOUT).join()) {
            case RemoveOutcome.Removed _ ->
                LOG.info("taken out of the cluster again: it joins anew when it is started");
            case RemoveOutcome.Refused(String reason) -> stillIn(reason);
            case RemoveOutcome.NotYet(String reason) -> stillIn(reason);
        }
    }

    private void stillIn(String reason) {
        LOG.warn(
                "the cluster goes on counting on this node: start it, or remove node {}; it can't leave by itself: {}",
                config.nodeId(),
                reason);
    }

    private void awaitLeader(MetadataLog raft) throws StartupException {
        CompletableFuture<Void> ready = raft.ready();
        while (true) {
            try {
                stop.await(ready, READY_NOTICE_MS);
                return;
            } catch (TimeoutException _) {
                RaftStatus status = raft.status();
                LOG.warn(
                        "waiting for a majority of the nodes {} to be up, so that the metadata gets a leader; if that"
                                + " many are gone for good, see walrus-node recover --help",
                        status.voters());
            } catch (ExecutionException e) {
                throw new StartupException("the metadata did not start: " + e.getMessage(), e);
            }
        }
    }

    /// Makes this node known to the cluster, which a first node founds by that.
    private ClusterState introduce(MetadataLog raft, Identity identity) throws StartupException {
        commit(raft, List.of(new Command.InitCluster(identity.clusterId())));
        judge(identity, raft.state().node(config.nodeId()));
        NodeInfo self = new NodeInfo(
                config.nodeId(),
                ownAddress(),
                new HostPort(config.listener().host(), config.listener().port()).toString(),
                identity.diskId(),
                bootId);
        commit(raft, List.of(new Command.UpsertNode(self)));
        // No topic was ever created: this is a cluster just founded.
        if (config.cluster().join().isEmpty() && raft.state().nextTopicId() == 1) {
            List<Command> topics = new ArrayList<>();
            for (String topic : config.cluster().bootstrapTopics()) {
                topics.add(new Command.CreateTopic(topic, config.segments().replicationFactor()));
            }
            commit(raft, topics);
        }
        return raft.state();
    }

    /// Looks whether the cluster remembers a run of this node that the data folder has never seen.
    ///
    /// @param last as the cluster knows this node, with all that was decided before
    private void judge(Identity identity, @Nullable NodeInfo last) throws StartupException {
        isFolderOlder =
                last != null && last.diskId().equals(identity.diskId()) && Runs.isOlder(directory(), last.bootId());
        if (isFolderOlder) {
            LOG.warn(
                    "the data folder {} is older than what the cluster remembers of node {}: entries may be missing"
                            + " here, other nodes are asked for them",
                    directory(),
                    config.nodeId());
        } else {
            noteRun();
        }
    }

    /// Whether this node has run on a newer state of its data folder than the one there is.
    boolean isFolderOlder() {
        return isFolderOlder;
    }

    /// Notes this run in the data folder, as one that all there is may be believed in.
    void noteRun() throws StartupException {
        try {
            Runs.note(directory(), bootId);
        } catch (IOException e) {
            throw new StartupException("data folder " + directory() + " can't be written: " + IoReason.of(e), e);
        }
    }

    private Path directory() {
        return config.disk().dataDirectory();
    }

    private void commit(MetadataLog raft, List<Command> commands) throws StartupException {
        while (true) {
            try {
                switch (stop.await(raft.propose(new Command.Batch(commands), CALL_TIMEOUT), ANSWER_MS)) {
                    case ProposalOutcome.Committed(long _, Result result) -> {
                        requireAccepted(result);
                        return;
                    }
                    case ProposalOutcome.NotProposed(String reason) -> retry(reason);
                    case ProposalOutcome.Unknown(String reason) -> retry(reason);
                }
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("a proposal has an outcome in time", e);
            }
        }
    }

    private static void requireAccepted(Result result) throws StartupException {
        if (result instanceof Result.BatchResult(List<Result> results)) {
            for (Result each : results) {
                if (each instanceof Result.Rejected(String reason)) {
                    throw new StartupException("the cluster refuses this node: " + reason);
                }
            }
        }
    }

    /// Waits a little before the next try, longer each time.
    private void retry(String reason) throws StartupException {
        if (!reason.equals(obstacle)) {
            obstacle = reason;
            LOG.info("not in the cluster yet, trying again: {}", reason);
        }
        stop.pause(retryMs);
        retryMs = Math.min(MAX_RETRY_MS, 2 * retryMs);
    }

    /// By what the other nodes reach this one.
    private String ownAddress() {
        return new HostPort(
                        config.cluster().raftAdvertiseHost(), config.cluster().raftPort())
                .toString();
    }

    private String joinHost() {
        return HostPort.parse(config.cluster().join()).host();
    }

    private int joinPort() {
        return HostPort.parse(config.cluster().join()).port();
    }
}
