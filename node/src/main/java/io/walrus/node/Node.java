package io.walrus.node;

import io.walrus.metadata.Applied;
import io.walrus.metadata.ClusterState;
import io.walrus.node.membership.Successors;
import io.walrus.node.part.LogFailure;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.Peers;
import io.walrus.node.port.NodeLock;
import io.walrus.node.port.Waiters;
import io.walrus.node.replicate.Fences;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.replicate.SealRules;
import io.walrus.node.request.Forwarding;
import io.walrus.node.request.NodeFigures;
import io.walrus.node.request.NodeMetrics;
import io.walrus.node.request.Requests;
import io.walrus.node.seal.Rollover;
import io.walrus.node.topic.Session;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.io.Clock;
import io.walrus.transport.PeerChannel;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The data plane of one node: takes requests, messages of other nodes, changes of the metadata, commits of the log
/// and ticks, and answers requests, appends to the log, sends messages and proposes commands. It has no thread of
/// its own and waits for nothing.
///
/// Here are the events and the order in which the parts take their turn; what is done about an event is each part's
/// own. Every method but [#logFailed], [#logFailure], [#isHandingOver] and [#awaitsCommit] is called between [#enter]
/// and [#exit].
public final class Node implements NodeLock {
    private final LogEngine engine;
    private final Clock clock;
    private final Waiters waiters;
    private final NodeConfig config;
    private final Now now;
    private final LogFailure logFailure;
    private final TopicTable topics;
    private final Peers peers;
    private final Successors successors;
    private final ReplicaSender sender;
    private final Fences fences;
    private final Forwarding forwarding;
    private final Requests requests;
    private final NodeMetrics metrics;
    private final Rollover rollover;
    private final Parts parts;
    private final AppliedMetadata metadata;

    /// @param rules those that are right, but for tests
    public Node(NodeConfig config, LogEngine engine, Clock clock, NodePorts ports, SealRules rules) {
        this.engine = engine;
        this.clock = clock;
        this.waiters = ports.waiters();
        this.config = config;
        Assembly built = new Assembly(config, engine, ports, rules, this);
        this.now = built.now;
        this.logFailure = built.logFailure;
        this.topics = built.topics;
        this.peers = built.peers;
        this.successors = built.successors;
        this.sender = built.sender;
        this.fences = built.fences;
        this.forwarding = built.forwarding;
        this.requests = built.requests;
        this.metrics = built.metrics;
        this.rollover = built.rollover;
        this.parts = new Parts(inOrder(built));
        this.metadata = new AppliedMetadata(built.view, parts, topics, built.leading, built.segments, ports.waiters());
        topics.observe(built.leading);
        peers.listen(built.router, parts);
    }

    /// The order in which the parts hear of an event, from the first to the last. They are flushed from the last to the
    /// first: what one part decides is written, sent or proposed by those above it in the same hold of the lock.
    private static List<Part> inOrder(Assembly built) {
        return List.of(
                // First which channels are any good, for all that asks others; last, all that was said leaves at once.
                built.peers,
                // Others hear how this node's log is with the heartbeat that follows.
                built.stallWatch,
                // The lease and who is alive, on which nearly every decision below depends.
                built.heartbeats,
                built.runRegistration,
                // Nodes are gone by what has just been counted.
                built.goneNodes,
                built.remoteReads,
                built.readAhead,
                // Deletions make room in the log for what is appended below.
                built.segments,
                // Before more is sent to nodes that have taken little of it.
                built.reads,
                // Flushed after all that appends, so that records leave in the hold in which they are appended.
                built.sender,
                // What is fenced is known before more is taken from a leader.
                built.fences,
                built.receiver,
                // The scrub finds what is to be repaired; moves are flushed after the repairs, which decide on them.
                built.scrubber,
                built.moves,
                built.repairs,
                // Finds what the two behind it copy and take off the list.
                built.placementCheck,
                built.transfers,
                built.removals,
                // Says which segments the sealer seals.
                built.failover,
                // Flushed after the cursor: what was handed out in this hold is logged before the fence forbids it.
                built.sealer,
                // Both end what is led, before more is appended to it.
                built.reasons,
                built.relocation,
                // Opens what could not be opened before, which answers some of the requests behind it.
                built.leading,
                // Flushed first: its records are appended to what is led, and are sent and committed with the entries.
                built.cursor,
                // All answer other nodes and clients with what has become known or was decided above.
                built.remote,
                built.states,
                built.skips,
                built.sealCommands,
                built.forwarding,
                built.registrations,
                built.early,
                // Proposes in the same turn to seal what any part above has ended.
                built.rollover);
    }

    /// Takes the lock. From here on it is one and the same time until [#exit].
    @Override
    public void enter() {
        engine.lock();
        now.set(clock.currentTimeMillis(), clock.nanoTime());
    }

    @Override
    public void exit() {
        try {
            parts.flush();
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

    /// Takes up again what a session has put off because its replies could not be held.
    public void resume(Session session) {
        session.resumeParked(now.ns(), config.timeouts().requestNs());
    }

    /// Answers a request that is longer than allowed and was not read.
    public void refuseLongFrame(Session session, long lengthBytes) {
        session.add().error(ErrorTexts.frameTooLarge(lengthBytes, config.maxFrameBytes()));
    }

    /// Takes up the metadata as a whole. What [#applied] tells later of a state that is not newer is passed over.
    public void restored(ClusterState state) {
        metadata.restored(state);
    }

    /// Follows the metadata.
    public void applied(Applied applied) {
        metadata.applied(applied);
    }

    /// A message has come in, whose bytes are used again after the call.
    public void peerMessage(PeerChannel channel, ByteBuffer message) {
        peers.received(channel, message);
        // What was answered makes room for more.
        forwarding.pumpIntoRoom();
        switch (sender.takeNews()) {
            case NONE -> {}
            case CONFIRMED -> parts.committed();
            case COMMITTED -> {
                parts.committed();
                waiters.committed();
            }
        }
    }

    /// A channel to or from another node has come to its end.
    public void peerClosed(PeerChannel channel, String reason) {
        peers.closed(channel, reason);
    }

    /// Whether [#committed] has something to do. From any thread.
    public boolean awaitsCommit() {
        return parts.isWaiting();
    }

    /// The log has committed more.
    public void committed() {
        parts.committed();
    }

    /// The log has room again, or time has passed: takes up what was waiting and gives up on what waits too long.
    public void tick() {
        parts.tick();
    }

    /// This node is about to stop: has other nodes lead the topics it leads, if there are any.
    public void handOver() {
        if (successors.leave()) {
            rollover.handOver(topics.all());
        }
    }

    /// Whether topics wait for another node to lead them. From any thread.
    public boolean isHandingOver() {
        return rollover.isHandingOver();
    }

    /// Has something run, with the lock held, once this run is known and all copies in doubt are fenced for good.
    public void whenOutOfDoubt(Runnable then) {
        fences.whenSettled(then);
    }

    /// Talks to no other node any more.
    public void leavePeers() {
        peers.close();
    }

    /// Nothing more will be committed. From any thread.
    public void logFailed(String errorText) {
        logFailure.set(errorText);
    }

    /// Why nothing more will be committed, as the text of an error, or null while the log is well. From any thread.
    public @Nullable String logFailure() {
        return logFailure.text();
    }

    /// Figures for METRICS.
    public NodeFigures figures() {
        return metrics.figures();
    }
}
