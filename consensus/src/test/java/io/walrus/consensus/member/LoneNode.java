package io.walrus.consensus.member;

import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.Ports;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftConfig.WhenNew;
import io.walrus.metadata.Command;
import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.Command.InitCluster;
import io.walrus.metadata.Command.UpsertNode;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Result;
import io.walrus.transport.PeerListener;
import io.walrus.transport.tcp.TcpTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Node 1 of a cluster of one, on a free port of the loopback address.
final class LoneNode implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(20);
    static final UUID CLUSTER = new UUID(1, 2);

    final Recorder recorder = new Recorder();
    final TcpTransport peers = new TcpTransport();
    final RaftConfig config;
    final MetadataLog log;

    private LoneNode(RaftConfig config, @Nullable PeerListener listener) throws ConsensusStartException {
        this.config = config;
        if (listener != null) {
            peers.listen(listener);
        }
        log = RatisMetadataLog.start(config, recorder, peers);
    }

    static LoneNode start(Path dataDir) throws Exception {
        return start(config(dataDir, Ports.free()));
    }

    static LoneNode start(RaftConfig config) throws Exception {
        return start(config, null);
    }

    /// @param listener hears of channels; null to refuse them
    static LoneNode start(RaftConfig config, @Nullable PeerListener listener) throws Exception {
        LoneNode node = new LoneNode(config, listener);
        node.log.ready().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        return node;
    }

    static RaftConfig config(Path dataDir, int port) {
        return new RaftConfig(
                1,
                dataDir,
                "127.0.0.1",
                "127.0.0.1",
                port,
                1,
                WhenNew.BOOTSTRAP,
                50,
                RaftConfig.DEFAULT_ELECTION_TIMEOUT_MIN,
                RaftConfig.DEFAULT_ELECTION_TIMEOUT_MAX);
    }

    void initCluster() throws Exception {
        propose(new InitCluster(CLUSTER));
        propose(new UpsertNode(new NodeInfo(1, "127.0.0.1:6001", "127.0.0.1:9091", CLUSTER, CLUSTER)));
    }

    Result create(String topic) throws Exception {
        return propose(new CreateTopic(topic, 1));
    }

    Result propose(Command command) throws Exception {
        ProposalOutcome outcome = log.propose(command, TIMEOUT).get(TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS);
        return ((Committed) outcome).result();
    }

    @Override
    public void close() {
        peers.close();
        log.close();
    }
}
