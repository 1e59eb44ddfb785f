package io.walrus.consensus.member;

import static io.walrus.consensus.member.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.JoinOutcome.Joined;
import io.walrus.consensus.JoinOutcome.NotYet;
import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.Ports;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.consensus.ProposalOutcome.Unknown;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftConfig.WhenNew;
import io.walrus.metadata.Command;
import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.Command.InitCluster;
import io.walrus.metadata.Command.UpsertNode;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Result;
import io.walrus.transport.tcp.TcpTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// One node of a cluster of several, on the loopback address.
final class Member implements AutoCloseable {
    static final UUID CLUSTER = new UUID(7, 7);
    static final int SNAPSHOT_EVERY = 50;

    final Recorder recorder;
    final RaftConfig config;
    final MetadataLog log;

    private final TcpTransport peers = new TcpTransport();

    private Member(RaftConfig config, Recorder recorder) throws ConsensusStartException {
        this.config = config;
        this.recorder = recorder;
        log = RatisMetadataLog.start(config, recorder, peers);
    }

    static RaftConfig config(long id, Path dir, int port, WhenNew whenNew) {
        return config(id, dir, "127.0.0.1", port, whenNew);
    }

    static RaftConfig config(long id, Path dir, String advertiseHost, int port, WhenNew whenNew) {
        return new RaftConfig(
                id,
                dir.resolve("node" + id),
                "127.0.0.1",
                advertiseHost,
                port,
                1,
                whenNew,
                SNAPSHOT_EVERY,
                RaftConfig.DEFAULT_ELECTION_TIMEOUT_MIN,
                RaftConfig.DEFAULT_ELECTION_TIMEOUT_MAX);
    }

    /// The first node, which has founded the cluster.
    static Member found(Path dir) throws Exception {
        Member member = start(config(1, dir, Ports.free(), WhenNew.BOOTSTRAP));
        member.log.ready().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        member.initialize();
        return member;
    }

    void initialize() throws Exception {
        propose(new InitCluster(CLUSTER));
        propose(new UpsertNode(new NodeInfo(1, config.address(), "127.0.0.1:9091", CLUSTER, CLUSTER)));
    }

    static Member start(RaftConfig config) throws ConsensusStartException {
        return start(config, new Recorder());
    }

    static Member start(RaftConfig config, Recorder recorder) throws ConsensusStartException {
        return new Member(config, recorder);
    }

    /// A node that is not yet taken in.
    static Member joiner(long id, Path dir) throws Exception {
        return start(config(id, dir, Ports.free(), WhenNew.JOIN));
    }

    /// All at a time: closing one takes up to a second.
    static void stop(Member... members) {
        List.of(members).parallelStream().forEach(Member::close);
    }

    JoinOutcome join(int port, Duration timeout) throws Exception {
        return log.join("127.0.0.1", port, timeout).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    /// Asks until it is taken in.
    void joined(int port) throws Exception {
        long deadlineNs = System.nanoTime() + TIMEOUT.toNanos();
        JoinOutcome outcome = join(port, Duration.ofSeconds(5));
        while (outcome instanceof NotYet && System.nanoTime() < deadlineNs) {
            outcome = join(port, Duration.ofSeconds(5));
        }
        assertThat(outcome).isEqualTo(new Joined());
    }

    /// Proposes again until the outcome is known, as any caller has to: a leader that stood still for a moment may lose
    /// its office with a proposal under way.
    Result create(String topic) throws Exception {
        long deadlineNs = System.nanoTime() + TIMEOUT.toNanos();
        ProposalOutcome outcome = proposed(new CreateTopic(topic, 1));
        while (outcome instanceof Unknown && System.nanoTime() < deadlineNs) {
            outcome = proposed(new CreateTopic(topic, 1));
        }
        return committed(outcome);
    }

    Result propose(Command command) throws Exception {
        return committed(proposed(command));
    }

    private static Result committed(ProposalOutcome outcome) {
        assertThat(outcome).isInstanceOf(Committed.class);
        return ((Committed) outcome).result();
    }

    private ProposalOutcome proposed(Command command) throws Exception {
        return log.propose(command, TIMEOUT).get(TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS);
    }

    int port() {
        return config.port();
    }

    @Override
    public void close() {
        peers.close();
        log.close();
    }
}
