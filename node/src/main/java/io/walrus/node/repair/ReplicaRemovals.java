package io.walrus.node.repair;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.peer.HeldSegment;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.PendingAnswer;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.replicate.SealRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// On the node that leads the metadata: takes copies off the list that are not needed, but only after each usable one
/// that stays has said that it has all of the segment for good.
///
/// Whoever says so keeps its copy until the copies of the segment have moved, and the change takes effect only if they
/// have not. So nothing that was decided meanwhile, by whomever, leaves fewer whole copies than were counted. Guarded
/// by the node's lock.
public final class ReplicaRemovals {
    private static final int MAX_AT_A_TIME = 500;
    private static final long ANSWER_NS = 2_000_000_000L;
    private static final long AGAIN_NS = 1_000_000_000L;

    /// What has to be known of one segment.
    ///
    /// @param unheard usable copies that have not said yet that they are whole
    private record Check(long moves, List<Replica> kept, Set<Replica> unheard) {}

    private final Replica self;
    private final int replicationFactor;
    private final Peers peers;
    private final Heartbeats membership;
    private final Repairs repairs;
    private final MoveProposals proposals;
    private final SealRules rules;
    /// Segments with copies that may be let go, in the order in which they are due.
    private final Map<SegmentKey, Long> candidates = new LinkedHashMap<>();

    private Map<SegmentKey, Check> round = Map.of();
    private long roundNs;
    private ClusterState state = ClusterState.EMPTY;
    private long nowNs;

    public ReplicaRemovals(
            Replica self,
            int replicationFactor,
            Peers peers,
            Heartbeats membership,
            Repairs repairs,
            MoveProposals proposals,
            SealRules rules) {
        this.self = self;
        this.replicationFactor = replicationFactor;
        this.peers = peers;
        this.membership = membership;
        this.repairs = repairs;
        this.proposals = proposals;
        this.rules = rules;
    }

    /// What time it is. Told whenever the lock was taken.
    public void at(long now) {
        nowNs = now;
    }

    /// Takes note of the metadata.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Looks at a segment's copies.
    void look(SegmentKey key, SealedSegment sealed) {
        if (kept(sealed).size() < sealed.replicas().size()) {
            candidates.putIfAbsent(key, nowNs);
        }
    }

    private List<Replica> kept(SealedSegment sealed) {
        return Placement.kept(state, sealed, replicationFactor);
    }

    /// Asks about the next segments once all is known of the last, or it takes too long.
    public void tick() {
        if (!membership.leadsMetadata()) {
            round = Map.of();
        } else if (round.isEmpty() || nowNs - roundNs >= ANSWER_NS) {
            begin();
        }
    }

    private void begin() {
        Map<SegmentKey, Check> checks = new LinkedHashMap<>();
        round = checks;
        roundNs = nowNs;
        while (checks.size() < MAX_AT_A_TIME && !candidates.isEmpty()) {
            Map.Entry<SegmentKey, Long> first = candidates.entrySet().iterator().next();
            if (nowNs - first.getValue() < 0) {
                break;
            }
            SegmentKey key = first.getKey();
            candidates.remove(key);
            Topic topic = state.topic(key.topicId());
            SealedSegment sealed = topic == null ? null : topic.sealed().get(key.segment());
            if (sealed != null && kept(sealed).size() < sealed.replicas().size()) {
                candidates.put(key, nowNs + AGAIN_NS);
                checks.put(
                        key, new Check(sealed.moves(), kept(sealed), new HashSet<>(Placement.usable(state, sealed))));
            }
        }
        if (!rules.asksBeforeReleasing()) {
            checks.forEach((key, check) -> release(key, check));
        }
        ask(checks);
    }

    private void ask(Map<SegmentKey, Check> checks) {
        Map<Replica, List<HeldSegment>> questions = new LinkedHashMap<>();
        checks.forEach((key, check) -> {
            for (Replica replica : check.unheard) {
                questions.computeIfAbsent(replica, _ -> new ArrayList<>()).add(new HeldSegment(key, check.moves));
            }
        });
        questions.forEach((replica, asked) -> {
            Peer peer = peers.find(replica.nodeId());
            if (replica.equals(self)) {
                held(checks, replica, repairs.held(replica.diskId(), asked));
            } else if (peer != null && peer.takesMore()) {
                peer.ask(
                        id -> new PeerMessage.Holds(id, replica.diskId(), asked),
                        new Question(checks, replica),
                        0,
                        nowNs + ANSWER_NS);
            }
        });
    }

    private void held(Map<SegmentKey, Check> checks, Replica replica, List<SegmentKey> segments) {
        for (SegmentKey key : segments) {
            Check check = checks.get(key);
            if (check != null && check.unheard.remove(replica) && check.unheard.isEmpty()) {
                checks.remove(key);
                release(key, check);
            }
        }
    }

    private void release(SegmentKey key, Check check) {
        proposals.propose(key, new SetReplicas(key.topicId(), key.segment(), check.moves, check.kept));
    }

    /// Which of its copies one node has all of.
    private final class Question implements PendingAnswer {
        private final Map<SegmentKey, Check> checks;
        private final Replica replica;

        Question(Map<SegmentKey, Check> checks, Replica replica) {
            this.checks = checks;
            this.replica = replica;
        }

        @Override
        public void answered(PeerMessage.Answer answer) {
            if (answer instanceof PeerMessage.Held(long _, List<SegmentKey> segments)) {
                held(checks, replica, segments);
            }
        }

        @Override
        public void lost(String reason) {}
    }
}
