package io.walrus.server.cluster;

import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.RaftStatus;
import io.walrus.metadata.ClusterState;
import io.walrus.node.Node;
import io.walrus.node.port.MetadataPort;
import io.walrus.server.config.StartupException;
import io.walrus.server.folder.DataFolder;
import io.walrus.server.folder.Identity;
import io.walrus.transport.PeerTransport;
import io.walrus.transport.tcp.TcpTransport;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's place in its cluster: it has a vote in the metadata, has all of it that was decided before, and is known
/// to the others. Closing it ends this process's part; the vote stays the node's.
public final class JoinedCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JoinedCluster.class);

    private final ClusterEntry entry;
    private final MetadataLog raft;
    private final MetadataFeed feed;
    private final TcpTransport peers;
    private final MetadataPort metadata;
    private final Identity identity;
    private final ClusterState state;

    private JoinedCluster(
            ClusterEntry entry,
            MetadataLog raft,
            MetadataFeed feed,
            TcpTransport peers,
            Identity identity,
            ClusterState state) {
        this.entry = entry;
        this.raft = raft;
        this.feed = feed;
        this.peers = peers;
        this.metadata = new MetadataProposals(raft);
        this.identity = identity;
        this.state = state;
    }

    /// Starts this node's part in the metadata and enters the cluster, however long that takes.
    ///
    /// @param onFailure run when this node's part in the metadata has ended for good; must not block
    /// @param onRemoval run when this node was taken out of the cluster; must not block
    public static JoinedCluster join(
            ClusterEntry entry, DataFolder folder, Identity identity, Runnable onFailure, Runnable onRemoval)
            throws StartupException {
        MetadataFeed feed = new MetadataFeed(identity.nodeId(), onFailure, () -> {
            folder.forget();
            onRemoval.run();
        });
        TcpTransport peers = new TcpTransport();
        MetadataLog raft = entry.start(folder.path(), feed, peers);
        feed.started(raft);
        JoinedCluster joined = null;
        try {
            ClusterState state = entry.enter(raft, identity);
            joined = new JoinedCluster(entry, raft, feed, peers, identity, state);
            return joined;
        } finally {
            if (joined == null) {
                entry.withdraw(raft);
                peers.close();
                raft.close();
            }
        }
    }

    /// Whose disk this is.
    public Identity identity() {
        return identity;
    }

    /// By what the others know this run of the node.
    public UUID bootId() {
        return entry.bootId();
    }

    /// Whether the data folder is older than what the cluster remembers of this node, so that other nodes have to be
    /// asked for the newest entries.
    public boolean isFolderOlder() {
        return entry.isFolderOlder();
    }

    /// All that may be missing is known to be in doubt for good, so the next start has only this run to judge.
    public void outOfDoubt() {
        try {
            entry.noteRun();
        } catch (StartupException e) {
            // The next start is in doubt again, which does no harm.
            LOG.warn("{}", e.getMessage());
        }
    }

    /// The metadata as it was when the node had entered.
    public ClusterState stateAtEntry() {
        return state;
    }

    /// The metadata as the node uses it.
    public MetadataPort metadata() {
        return metadata;
    }

    /// The way to the other nodes.
    public PeerTransport peers() {
        return peers;
    }

    public RaftStatus status() {
        return raft.status();
    }

    /// Has the node take part: from here on it hears what is applied to the metadata, beginning with all there is, and
    /// what other nodes say. Once what is returned is closed it hears and says nothing more.
    public Participation admit(Node node) {
        feed.follow(node, raft);
        peers.listen(new PeerInbox(node));
        return new Participation(node);
    }

    /// A node that hears and speaks in the cluster.
    public final class Participation implements AutoCloseable {
        private final Node node;

        private Participation(Node node) {
            this.node = node;
        }

        @Override
        public void close() {
            node.enter();
            try {
                node.leavePeers();
            } finally {
                node.exit();
            }
            feed.unfollow(node);
            peers.close();
        }
    }

    /// Gives the place back that the node got with this start, since it can't serve.
    public void withdraw() {
        entry.withdraw(raft);
    }

    /// Has another node lead the metadata if this one does, as far as there is one and it takes it in time.
    public void handOver(Duration timeout) {
        if (raft.leads() && raft.status().voters().size() > 1) {
            var _ = raft.transferLeadership(timeout)
                    .completeOnTimeout(false, timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    @Override
    public void close() {
        peers.close();
        raft.close();
    }
}
