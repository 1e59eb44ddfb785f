package io.walrus.node;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Topic;
import io.walrus.node.membership.GoneNodes;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Copied;
import io.walrus.node.peer.PeerMessage.Fence;
import io.walrus.node.peer.PeerMessage.Fill;
import io.walrus.node.peer.PeerMessage.Follows;
import io.walrus.node.peer.PeerMessage.Holds;
import io.walrus.node.peer.PeerMessage.OfBatch;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.NodeLock;
import io.walrus.node.repair.CopyFigures;
import io.walrus.node.repair.MoveProposals;
import io.walrus.node.repair.PlacementCheck;
import io.walrus.node.repair.Repairs;
import io.walrus.node.repair.ReplicaRemovals;
import io.walrus.node.repair.Transfers;
import io.walrus.node.replicate.Fences;
import io.walrus.node.replicate.ReplicaReceiver;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.seal.Failover;
import io.walrus.node.seal.SealProposals;
import io.walrus.node.seal.Sealer;
import io.walrus.node.store.BlockReads;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.LogEngine;
import java.util.function.Consumer;

/// The parts of a node that have to do with copies of segments: those it sends, those it keeps, and sealing them.
/// Guarded by the node's lock.
final class Replicas {
    private final NodeConfig config;
    private final Peers peers;
    private final ReplicaSender replication;
    private final ReplicaReceiver copies;
    private final Fences fences;
    private final Transfers pulls;
    private final Repairs repairs;
    private final ReplicaRemovals releases;
    private final PlacementCheck survey;
    private final MoveProposals moves;
    private final Sealer sealer;
    private final Failover failover;
    private final GoneNodes absences;
    private boolean current;
    private long nowNs;

    /// Makes them.
    ///
    /// @param fenced is told of segments that are being sealed, and can't be led any more
    Replicas(
            NodeConfig config,
            LogEngine engine,
            Segments segments,
            Peers peers,
            Heartbeats membership,
            MetadataPort metadata,
            BlockReads reads,
            NodeLock lock,
            DamagedCopies damaged,
            SealRules rules,
            Consumer<SegmentKey> fenced) {
        int factor = config.replicationFactor();
        this.config = config;
        this.peers = peers;
        this.replication = new ReplicaSender(engine, peers, reads, segment -> fenced.accept(segment.key()));
        this.fences = new Fences(engine, segments, config.self(), config.inDoubt(), fenced);
        this.copies = new ReplicaReceiver(engine, segments, fences, config.self());
        this.pulls = new Transfers(
                engine,
                peers,
                segments,
                fences,
                reads,
                damaged,
                config.repairBytesPerSecond(),
                config.self().nodeId());
        this.moves = new MoveProposals(metadata, lock);
        this.repairs = new Repairs(engine, segments, pulls, moves, damaged, rules, config.self(), factor);
        this.releases = new ReplicaRemovals(config.self(), factor, peers, membership, repairs, moves, rules);
        this.survey = new PlacementCheck(factor, repairs, releases);
        SealProposals seals = new SealProposals(metadata);
        this.sealer = new Sealer(config.self(), peers, fences, pulls, seals, membership, rules);
        this.failover = new Failover(membership, sealer);
        // A node is not gone before it counts as dead.
        long replaceAfterNs = Math.max(config.replaceAfterNs(), config.nodeTimeoutNs());
        this.absences = new GoneNodes(membership, metadata, replaceAfterNs);
    }

    ReplicaSender replication() {
        return replication;
    }

    Fences fences() {
        return fences;
    }

    /// How far this node is with its copies.
    CopyFigures figures() {
        return repairs.figures(survey.underReplicated());
    }

    void at(long now) {
        nowNs = now;
        replication.at(now);
        pulls.at(now);
        repairs.at(now);
        releases.at(now);
        sealer.at(now);
    }

    /// Takes note of the metadata.
    ///
    /// @param isCurrent whether it has all that was decided before this node started
    void follow(ClusterState state, boolean isCurrent) {
        fences.follow(state, isCurrent);
        pulls.follow(state);
        repairs.follow(state, isCurrent);
        releases.follow(state);
        survey.follow(state);
        if (isCurrent && !current) {
            survey.all();
        }
        current = isCurrent;
        sealer.follow(state);
        failover.follow(state);
        absences.follow(state);
        copies.follow(state, isCurrent).forEach((key, leader) -> {
            Peer peer = peers.find(leader);
            if (peer != null) {
                peer.send(new PeerMessage.Follows(key));
            }
        });
    }

    /// Seals an open segment whose leader can't or won't.
    void seal(Topic topic) {
        sealer.begin(topic);
    }

    /// Whether enough replicas of a topic's open segment can be reached for it to be sealed.
    boolean canSeal(Topic topic) {
        return sealer.canSeal(topic);
    }

    /// A topic's segments from this one on were sealed or opened.
    void look(Topic topic, long fromSegment) {
        survey.look(topic, fromSegment);
        failover.look(topic);
    }

    /// The copies of a sealed segment have moved.
    void moved(Topic topic, long segment) {
        survey.moved(topic, segment);
    }

    /// A segment is not in its chain any more.
    void left(long topicId, long segment) {
        survey.left(topicId, segment);
    }

    /// Segments are not in their chains any more.
    void someLeft() {
        survey.someLeft();
    }

    /// The metadata is to be looked through as a whole.
    void lookAtAll() {
        survey.all();
        failover.lookAtAll();
    }

    boolean isWaiting() {
        return fences.isWaiting() || copies.isWaiting() || pulls.isWaiting();
    }

    void committed() {
        fences.committed();
        copies.committed();
        pulls.committed();
    }

    void tick() {
        copies.tick();
        fences.committed();
        survey.tick();
        pulls.tick();
        releases.tick();
        absences.tick(nowNs);
        failover.tick(nowNs);
        sealer.tick();
        replication.tick(config.requestTimeoutNs());
    }

    /// Sends all there is to be sent. Called at the end of every hold of the lock.
    void flush() {
        repairs.flush();
        moves.flush();
        sealer.flush();
        replication.flush();
    }

    void up(Peer peer) {
        replication.up(peer);
        sealer.up();
    }

    void down(Peer peer) {
        copies.down(peer);
    }

    void batch(Peer from, OfBatch message) {
        copies.received(from, message);
    }

    void copied(Peer from, Copied message) {
        replication.copied(from, message);
    }

    void follows(Peer from, Follows message) {
        replication.follows(from, message.segment());
    }

    void fence(ReplyTo from, Fence fence) {
        fences.fence(
                fence.diskId(), fence.segments(), lengths -> from.answer(new PeerMessage.Fenced(fence.id(), lengths)));
    }

    void fill(ReplyTo from, Fill fill) {
        pulls.fill(
                fill.segment(),
                fill.upTo(),
                fill.fromNode(),
                isDone -> from.answer(isDone ? new PeerMessage.Done(fill.id()) : new PeerMessage.Stale(fill.id())));
    }

    void holds(ReplyTo from, Holds holds) {
        from.answer(new PeerMessage.Held(holds.id(), repairs.held(holds.diskId(), holds.segments())));
    }
}
