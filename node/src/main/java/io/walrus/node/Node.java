package io.walrus.node;

import io.walrus.metadata.Applied;
import io.walrus.metadata.Change;
import io.walrus.metadata.ClusterState;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.membership.RunRegistration;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.NodeLock;
import io.walrus.node.port.Waiters;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.request.Fetches;
import io.walrus.node.request.Forwarding;
import io.walrus.node.request.NodeCommands;
import io.walrus.node.request.NodeFigures;
import io.walrus.node.request.Puts;
import io.walrus.node.request.Registrations;
import io.walrus.node.request.RemoteRequests;
import io.walrus.node.request.Reports;
import io.walrus.node.request.Requests;
import io.walrus.node.request.SharedCursor;
import io.walrus.node.request.StateRequests;
import io.walrus.node.seal.Relocation;
import io.walrus.node.seal.Rollover;
import io.walrus.node.seal.SealProposals;
import io.walrus.node.seal.SealReasons;
import io.walrus.node.store.BlockReads;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.store.Entries;
import io.walrus.node.store.PeerReads;
import io.walrus.node.store.ReadAhead;
import io.walrus.node.store.RemoteReads;
import io.walrus.node.store.Segments;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.ServedTopic.Phase;
import io.walrus.node.topic.Session;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.io.Clock;
import io.walrus.transport.PeerChannel;
import io.walrus.transport.PeerTransport;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The data plane of one node: takes requests, messages of other nodes, changes of the metadata, commits of the log
/// and ticks, and answers requests, appends to the log, sends messages and proposes commands. It has no thread of
/// its own and waits for nothing.
///
/// Every method but [#logFailed], [#logFailure], [#isHandingOver] and [#awaitsCommit] is called between [#enter]
/// and [#exit].
public final class Node implements NodeLock {
    private final NodeConfig config;
    private final LogEngine engine;
    private final Clock clock;
    private final Waiters waiters;
    private final SealRules rules;
    private final TopicTable topics = new TopicTable();
    private final Heartbeats membership;
    private final Peers peers;
    private final Forwarding forwarding;
    private final RemoteRequests remote;
    private final StateRequests states;
    private final RemoteReads remoteReads;
    private final PeerReads peerReads;
    private final Puts puts;
    private final SharedCursor cursor;
    private final Fetches fetches;
    private final Rollover rollover;
    private final SealReasons seals;
    private final Segments segments;
    private final Registrations registrations;
    private final RunRegistration introduction;
    private final Relocation relocation;
    private final NodeCommands nodeCommands;
    private final Replicas replicas;
    private final Requests requests;
    private final LogWatch logWatch;
    private long appliedVersion = -1;
    private ClusterState state = ClusterState.EMPTY;
    private boolean segmentsEnded;
    private long nowMs;
    private long nowNs;
    private long monitoredAtNs;
    private volatile @Nullable String logFailure;
    private volatile boolean handingOver;

    /// @param rules those that are right, but for tests
    public Node(
            NodeConfig config,
            LogEngine engine,
            Clock clock,
            MetadataPort metadata,
            PeerTransport transport,
            BackgroundReads background,
            Reports reports,
            Waiters waiters,
            SealRules rules) {
        this.config = config;
        this.engine = engine;
        this.clock = clock;
        this.waiters = waiters;
        this.rules = rules;
        long self = config.self().nodeId();
        this.peers = new Peers(self, transport, config.nodeTimeoutNs(), config.peerSilenceNs(), new PeerAudience());
        this.membership = new Heartbeats(
                self, metadata, peers, config.leaseNs(), config.nodeTimeoutNs(), config.replicationFactor());
        this.remoteReads = new RemoteReads(peers, topics);
        DamagedCopies damaged = new DamagedCopies(engine, topics, self);
        BlockReads reads = new BlockReads(engine, background, this);
        ReadAhead readAhead = new ReadAhead(reads, remoteReads, damaged);
        Entries entries = new Entries(engine, readAhead);
        this.segments = new Segments(engine, entries, damaged, self);
        this.peerReads = new PeerReads(reads, segments, topics, damaged);
        this.replicas = new Replicas(
                config, engine, segments, peers, membership, metadata, reads, this, damaged, rules, this::fenced);
        this.puts = new Puts(engine, membership.lease(), replicas.replication());
        this.cursor = new SharedCursor(
                engine,
                segments,
                entries,
                readAhead,
                membership.lease(),
                replicas.replication(),
                config.requestTimeoutNs());
        this.fetches = new Fetches(segments, entries, readAhead);
        this.rollover = new Rollover(engine, cursor, new SealProposals(metadata), self, membership);
        this.relocation = new Relocation(rollover, membership, self, config.replicationFactor());
        this.seals = new SealReasons(rollover, membership, damaged, config.maxSegmentEntries());
        this.forwarding = new Forwarding(peers, config.requestTimeoutNs(), this::cameBack);
        this.remote = new RemoteRequests(topics, new RemoteLeader(), config.requestTimeoutNs());
        this.states = new StateRequests(topics, peers, reports, membership.lease(), replicas.replication());
        this.registrations = new Registrations(metadata, this, config.replicationFactor(), this::isServed);
        this.introduction = new RunRegistration(metadata, config.self(), config.bootId(), clock.nanoTime());
        this.nodeCommands = new NodeCommands(metadata, membership, this, config.replicationFactor());
        this.logWatch =
                new LogWatch(engine, topics, membership, seals, damaged, replicas, puts, cursor, this::stopLeading);
        this.requests = new Requests(
                config.requestTimeoutNs(),
                topics,
                new Requests.Parts(
                        membership,
                        forwarding,
                        states,
                        puts,
                        cursor,
                        fetches,
                        registrations,
                        nodeCommands,
                        reports,
                        this::figures,
                        seals::ifFull,
                        this::isServed));
    }

    @Override
    public void enter() {
        engine.lock();
        nowMs = clock.currentTimeMillis();
        nowNs = clock.nanoTime();
        forwarding.at(nowNs);
        states.at(nowNs);
        cursor.at(nowNs);
        replicas.at(nowNs);
        requests.at(nowMs, nowNs);
    }

    @Override
    public void exit() {
        try {
            cursor.log(nowMs);
            replicas.flush();
            peers.flush(nowNs);
        } finally {
            engine.unlock();
        }
    }

    /// Takes up one request; its reply goes to the session's next slot, now or later.
    ///
    /// @param frame the body of the request; its content is not used after the call
    /// @return false if the log has no room for it at the moment: nothing happened, and it has to be given again
    public boolean request(Session session, ByteBuffer frame) {
        return requests.request(session, frame);
    }

    /// Answers a request that is longer than allowed and was not read.
    public void refuseLongFrame(Session session, long lengthBytes) {
        session.add().error(ErrorTexts.frameTooLarge(lengthBytes, config.maxFrameBytes()));
    }

    /// Takes up the metadata as a whole, at start or when a snapshot took the place of what was applied. What
    /// [#applied] tells later of a state not newer is passed over.
    public void restored(ClusterState state) {
        if (state.version() <= appliedVersion) {
            return;
        }
        List.copyOf(topics.all()).stream()
                .filter(topic -> state.topic(topic.topicId()) == null)
                .forEach(topic -> deleted(topic.metadata()));
        follow(state);
        state.topics().values().forEach(this::serve);
        segments.deleteGone(state);
        replicas.lookAtAll();
        metadataFollowed();
    }

    /// Follows the metadata.
    public void applied(Applied applied) {
        ClusterState state = applied.state();
        if (state.version() <= appliedVersion) {
            return;
        }
        follow(state);
        for (Change change : applied.changes()) {
            switch (change) {
                case Change.TopicCreated(long topicId) -> changed(state, topicId);
                case Change.SegmentSealed(long topicId, long segment, boolean wasEmpty) -> {
                    if (wasEmpty) {
                        segments.delete(topicId, segment);
                        replicas.left(topicId, segment);
                    }
                    changed(state, topicId);
                }
                case Change.ReplicasChanged(long topicId, long segment) -> {
                    changed(state, topicId);
                    Topic topic = state.topic(topicId);
                    if (topic != null) {
                        replicas.moved(topic, segment);
                    }
                }
                case Change.TopicTrimmed(long topicId, long _) -> {
                    changed(state, topicId);
                    replicas.someLeft();
                }
                case Change.TopicDeleted(Topic topic) -> {
                    deleted(topic);
                    replicas.someLeft();
                }
                case Change.ClusterInitialized _, Change.NodeChanged _, Change.NodeRemoved _ -> {}
                case Change.NodeStatusChanged _ -> {}
            }
        }
        metadataFollowed();
    }

    /// A message has come in, whose bytes are used again after the call.
    public void peerMessage(PeerChannel channel, ByteBuffer message) {
        peers.received(channel, message, nowNs);
        forwarding.pumpAll();
        boolean isCommitted = replicas.replication().takeAdvanced();
        if (replicas.replication().takeConfirmed() || isCommitted) {
            committed();
        }
        if (isCommitted) {
            waiters.committed();
        }
    }

    /// A channel to or from another node has come to its end.
    public void peerClosed(PeerChannel channel, String reason) {
        peers.closed(channel, reason);
    }

    /// Whether [#committed] has something to do. From any thread.
    public boolean awaitsCommit() {
        return rollover.isWaiting() || cursor.isWaiting() || remote.isWaiting() || replicas.isWaiting();
    }

    /// The log has committed more.
    public void committed() {
        cursor.committed();
        remote.committed(logFailure);
        replicas.committed();
        states.advance();
        rollover.advance(nowNs);
    }

    /// The log has room again, or time has passed: takes up what was waiting and gives up on what waits too long.
    public void tick() {
        peers.tick(nowNs);
        logWatch.tick();
        membership.tick(nowNs);
        requests.retryUnconfirmed();
        introduction.tick(nowNs);
        boolean monitor = nowNs - monitoredAtNs >= config.monitorCheckNs();
        if (monitor) {
            monitoredAtNs = nowNs;
            topics.all().forEach(seals::ifFull);
        }
        if (relocation.takeDue() || monitor) {
            topics.all().forEach(relocation::look);
        }
        for (ServedTopic topic : topics.pending()) {
            switch (topic.phase()) {
                case OPENING -> open(topic);
                case LEADING -> resume(topic);
                case ABANDONED -> replicas.seal(topic.metadata());
                case UNLED, FENCED, SEALING -> {}
            }
            puts.expire(topic, nowNs, config.requestTimeoutNs());
            cursor.expire(topic, config.requestTimeoutNs());
        }
        topics.dropIdle();
        forwarding.tick();
        states.advance();
        remoteReads.tick(nowNs);
        remote.tick(nowNs);
        remote.committed(logFailure);
        cursor.committed();
        segments.deletePending();
        replicas.tick();
        registrations.expire(nowNs, config.requestTimeoutNs());
        rollover.advance(nowNs);
        rollover.tick(nowNs);
    }

    /// This node is about to stop: has other nodes lead the topics it leads, if there are any.
    public void handOver() {
        if (!membership.leave()) {
            return;
        }
        for (ServedTopic topic : topics.all()) {
            if (topic.isLeading()) {
                rollover.begin(topic);
            }
        }
        rollover.advance(nowNs);
        handingOver = rollover.isUnderWay();
    }

    /// Whether topics wait for another node to lead them. From any thread.
    public boolean isHandingOver() {
        return handingOver;
    }

    /// Has something run, with the lock held, once all copies that may lack what was acknowledged last are known for
    /// such for good, which is not before others know of this run.
    public void whenOutOfDoubt(Runnable then) {
        replicas.fences().whenSettled(then);
    }

    /// Talks to no other node any more.
    public void leavePeers() {
        peers.close();
    }

    /// Nothing more will be committed. From any thread.
    public void logFailed(String errorText) {
        logFailure = errorText;
    }

    /// Why nothing more will be committed, as the text of an error, or null while the log is well. From any thread.
    public @Nullable String logFailure() {
        return logFailure;
    }

    /// Figures for METRICS.
    public NodeFigures figures() {
        int leading = 0;
        for (ServedTopic topic : topics.all()) {
            leading += topic.isLeading() ? 1 : 0;
        }
        return new NodeFigures(
                topics.all().size(),
                leading,
                puts.accepted(),
                cursor.handedOut(),
                fetches.fetched(),
                replicas.figures());
    }

    private void follow(ClusterState applied) {
        state = applied;
        appliedVersion = state.version();
        introduction.follow(state);
        peers.follow(state);
        rollover.follow(state);
        relocation.follow(state);
        nodeCommands.follow(state);
        replicas.follow(state, introduction.isDone());
    }

    private void metadataFollowed() {
        membership.applied(appliedVersion);
        if (segmentsEnded) {
            segmentsEnded = false;
            remote.committed(logFailure);
            waiters.committed();
        }
        remote.metadataChanged(nowNs);
        states.advance();
        requests.retryUnconfirmed();
        rollover.advance(nowNs);
        handingOver = handingOver && rollover.isUnderWay();
    }

    private void changed(ClusterState state, long topicId) {
        Topic topic = state.topic(topicId);
        if (topic != null) {
            serve(topic);
        }
    }

    /// Brings this node's part in a topic up to what the metadata says.
    private void serve(Topic metadata) {
        ServedTopic topic = topics.find(metadata.topicId());
        long before = 0;
        if (topic == null) {
            topic = new ServedTopic(metadata);
            topics.add(topic);
        } else {
            before = topic.open().number();
            topic.metadata(metadata);
        }
        long open = metadata.open().number();
        if (open == before) {
            return;
        }
        ended(topic, metadata.sealed().get(before));
        replicas.look(metadata, before == 0 ? open : before);
        cursor.opened(topic, open == before + 1);
        if (isLedHere(topic)) {
            lead(topic);
        } else {
            topic.unled();
            remote.returnStale(topic);
            forwarding.pump(topic);
            registrations.served(topic.name());
        }
        topics.markPending(topic);
    }

    /// The segment this node led, if it did, is not the open one any more.
    private void ended(ServedTopic topic, @Nullable SealedSegment sealed) {
        LedSegment led = topic.ledIfAny();
        if (led != null) {
            led.ended(sealed);
            replicas.replication().end(led);
            segmentsEnded = true;
        }
    }

    private boolean isLedHere(ServedTopic topic) {
        return topic.open().leader() == config.self().nodeId()
                && topic.open().replicas().contains(config.self());
    }

    /// This node is named leader of the topic's open segment. If that was before this run, an earlier run may have
    /// appended to it what is not known here: it is sealed, as that of a dead node would be.
    private void lead(ServedTopic topic) {
        topic.opening();
        if (rules.mayLead(introduction.wasDone()) && !membership.hasFailed()) {
            remote.returnStale(topic);
            open(topic);
        } else {
            leave(topic);
        }
    }

    private void open(ServedTopic topic) {
        LogStream stream = segments.open(topic);
        if (stream == null) {
            return;
        }
        if (replicas.fences().isFenced(stream)) {
            leave(topic);
            return;
        }
        LedSegment led = new LedSegment(topic.openKey(), topic.open(), stream, config.self());
        replicas.replication().begin(led);
        topic.leading(led);
        resume(topic);
        registrations.served(topic.name());
    }

    /// Appends nothing more to the open segment, which has to be sealed without this node having a say in its length.
    private void leave(ServedTopic topic) {
        topic.left();
        remote.returnStale(topic);
        replicas.seal(topic.metadata());
        topics.markPending(topic);
    }

    /// Somebody seals a segment of which this node has a copy.
    private void fenced(SegmentKey key) {
        ServedTopic topic = topics.find(key.topicId());
        if (topic != null && topic.open().number() == key.segment()) {
            stopLeading(topic);
        }
    }

    private void stopLeading(ServedTopic topic) {
        switch (topic.phase()) {
            case OPENING, LEADING, FENCED -> leave(topic);
            case UNLED, ABANDONED, SEALING -> {}
        }
    }

    private void resume(ServedTopic topic) {
        puts.appendWaiting(topic, config.maxSegmentEntries(), nowMs, nowNs);
        cursor.resume(topic);
        seals.ifFull(topic);
    }

    /// Requests came back from the node that led the topic before: they wait here, and what waited for them may go on.
    private void cameBack(ServedTopic topic) {
        if (topic.isLeading()) {
            resume(topic);
        }
        topics.markPending(topic);
    }

    private void deleted(Topic metadata) {
        ServedTopic topic = topics.find(metadata.topicId());
        if (topic != null) {
            String gone = ErrorTexts.unknownTopic(topic.name());
            puts.refuseWaiting(topic, gone);
            cursor.refuseWaiting(topic, gone);
            ended(topic, null);
            topic.unled();
            topics.remove(metadata.topicId());
        }
        segments.deleteAll(metadata);
    }

    private boolean isServed(String name) {
        ServedTopic topic = topics.find(name);
        return topic != null && topic.phase() != Phase.OPENING;
    }

    private final class RemoteLeader implements RemoteRequests.Leader {
        @Override
        public void put(ServedTopic topic, PeerMessage.Put put, Slot slot, long sinceNs) {
            if (!requests.put(topic, put.payload(), slot, sinceNs)) {
                slot.waitingSince(sinceNs);
                Puts.enqueue(topic, put.payload(), slot);
            }
            topics.markPending(topic);
        }

        @Override
        public void get(ServedTopic topic, Slot slot, long sinceNs) {
            cursor.get(topic, slot, sinceNs);
            topics.markPending(topic);
        }
    }

    private final class PeerAudience implements Peers.Audience {
        @Override
        public void heard(Peer from, PeerMessage message) {
            switch (message) {
                case PeerMessage.ForLeader request -> remote.asked(from.asker(), request, nowNs);
                case PeerMessage.State state -> states.asked(from.asker(), state);
                case PeerMessage.Read read -> peerReads.read(from.asker(), read);
                case PeerMessage.OfBatch copies -> replicas.batch(from, copies);
                case PeerMessage.Copied copied -> replicas.copied(from, copied);
                case PeerMessage.Follows follows -> replicas.follows(from, follows);
                case PeerMessage.Fence fence -> replicas.fence(from.asker(), fence);
                case PeerMessage.Fill fill -> replicas.fill(from.asker(), fill);
                case PeerMessage.Holds holds -> replicas.holds(from.asker(), holds);
                case PeerMessage.Sync sync -> membership.asked(from, sync, appliedVersion, nowNs);
                case PeerMessage.Synced synced -> {
                    membership.answered(from, synced, appliedVersion);
                    requests.retryUnconfirmed();
                }
                case PeerMessage.Ping _, PeerMessage.Hello _, PeerMessage.Answer _ -> {}
            }
        }

        @Override
        public void up(Peer peer) {
            membership.ask(nowNs);
            replicas.up(peer);
            relocation.up();
            forwarding.pumpAll();
            remoteReads.tick(nowNs);
        }

        @Override
        public void down(Peer peer) {
            replicas.down(peer);
            forwarding.pumpAll();
        }
    }
}
