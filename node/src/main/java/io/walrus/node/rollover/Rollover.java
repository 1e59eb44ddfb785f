package io.walrus.node.rollover;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Result;
import io.walrus.node.cursor.SharedCursor;
import io.walrus.node.lease.Membership;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.route.ServedTopic;
import io.walrus.node.route.ServedTopic.Phase;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Seals open segments that this node leads: fence, wait until all that was appended is committed, propose that length.
///
/// A proposal carries the segment it expects to be the open one, so it may be made any number of times and takes effect
/// once. Guarded by the node's lock.
public final class Rollover {
    private static final Logger LOG = LoggerFactory.getLogger(Rollover.class);
    private static final long PROPOSE_AGAIN_NS = 2_000_000_000L;
    private static final int MAX_PER_PROPOSAL = 500;

    private final LogEngine engine;
    private final SharedCursor cursor;
    private final MetadataPort metadata;
    private final Replica self;
    private final Membership membership;
    private ClusterState state = ClusterState.EMPTY;
    private final List<ServedTopic> fenced = new ArrayList<>();
    private final List<ServedTopic> proposed = new ArrayList<>();
    private volatile boolean waiting;

    public Rollover(LogEngine engine, SharedCursor cursor, MetadataPort metadata, Replica self, Membership membership) {
        this.engine = engine;
        this.cursor = cursor;
        this.metadata = metadata;
        this.self = self;
        this.membership = membership;
    }

    /// Takes note of the metadata, which says whom the next segments can be given to.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Ends the open segment at its present length.
    public void begin(ServedTopic topic, LogStream stream) {
        topic.fenced(stream);
        fenced.add(topic);
        waiting = true;
    }

    /// Whether a segment waits for its last entries to be committed. May be asked without the lock.
    public boolean isWaiting() {
        return waiting;
    }

    /// Whether a segment is about to be sealed.
    public boolean isUnderWay() {
        return fenced.stream().anyMatch(topic -> topic.phase() == Phase.FENCED)
                || proposed.stream().anyMatch(topic -> topic.phase() == Phase.SEALING);
    }

    /// Proposes the length of every fenced segment whose entries are all committed by now.
    public void advance(long nowNs) {
        List<Command> seals = new ArrayList<>();
        fenced.removeIf(topic -> {
            if (topic.phase() != Phase.FENCED) {
                return true;
            }
            if (!isCommitted(topic.stream())) {
                return false;
            }
            topic.sealing(nowNs);
            proposed.add(topic);
            seals.add(seal(topic));
            return true;
        });
        waiting = !fenced.isEmpty();
        propose(seals);
    }

    /// Whether all that was appended is committed, and the stream itself. Else a node that crashes and comes back would
    /// not find it, and take entries for a segment whose seal may be under way.
    private boolean isCommitted(LogStream stream) {
        return stream.committedRecords() >= stream.records() && stream.createdGroup() <= engine.committedGroup();
    }

    /// Proposes again what has had no effect for a while.
    public void tick(long nowNs) {
        List<Command> seals = new ArrayList<>();
        proposed.removeIf(topic -> topic.phase() != Phase.SEALING);
        for (ServedTopic topic : proposed) {
            if (nowNs - topic.proposedAtNs() >= PROPOSE_AGAIN_NS) {
                topic.sealing(nowNs);
                seals.add(seal(topic));
            }
        }
        propose(seals);
    }

    private SealSegment seal(ServedTopic topic) {
        LogStream stream = topic.stream();
        CursorPosition position = cursor.seal(topic);
        NodeInfo next = state.node(membership.next(state));
        Replica newLeader = next == null ? self : next.replica();
        return new SealSegment(
                topic.topicId(),
                topic.open().number(),
                stream.records(),
                stream.entries(),
                stream.bytes(),
                Map.of(SharedCursor.NAME, position),
                newLeader.nodeId(),
                List.of(newLeader));
    }

    private void propose(List<Command> seals) {
        for (int from = 0; from < seals.size(); from += MAX_PER_PROPOSAL) {
            List<Command> some = seals.subList(from, Math.min(seals.size(), from + MAX_PER_PROPOSAL));
            metadata.propose(some.size() == 1 ? some.getFirst() : new Command.Batch(some), new SealReply());
        }
    }

    /// What was applied arrives as a change of the metadata; here it is only told when something is wrong.
    private static final class SealReply implements MetadataPort.ProposalReply {
        @Override
        public void applied(Result result) {
            switch (result) {
                case Result.Rejected(String reason) -> LOG.error("a segment could not be sealed: {}", reason);
                case Result.BatchResult(List<Result> results) -> results.forEach(this::applied);
                case Result.Sealed _, Result.Stale _, Result.Ok _, Result.Created _, Result.Exists _ -> {}
                case Result.UnknownTopic _ -> {}
            }
        }

        @Override
        public void notProposed(String reason) {
            unknown(reason);
        }

        @Override
        public void unknown(String reason) {
            LOG.warn("sealing segments takes longer than usual, trying again: {}", reason);
        }
    }
}
