package io.walrus.node.repair;

import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.config.Timing;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.HeldSegment;
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
public final class ReplicaRemovals implements Part {
    private static final int MAX_AT_A_TIME = 500;

    /// What has to be known of one segment.
    ///
    /// @param unheard usable copies that have not said yet that they are whole
    private record Check(long moves, List<Replica> kept, Set<Replica> unheard) {}

    private final CopyPlacement placement;
    private final WholeCopies wholeCopies;
    private final Heartbeats heartbeats;
    private final MoveProposals proposals;
    private final SealRules rules;
    private final Now now;
    /// Segments with copies that may be let go, in the order in which they are due.
    private final Map<SegmentKey, Long> candidates = new LinkedHashMap<>();

    private Map<SegmentKey, Check> round = Map.of();
    private long roundNs;

    public ReplicaRemovals(
            CopyPlacement placement,
            WholeCopies wholeCopies,
            Heartbeats heartbeats,
            MoveProposals proposals,
            SealRules rules,
            Now now) {
        this.placement = placement;
        this.wholeCopies = wholeCopies;
        this.heartbeats = heartbeats;
        this.proposals = proposals;
        this.rules = rules;
        this.now = now;
    }

    /// Looks at a segment's copies.
    void look(SegmentKey key, SealedSegment sealed) {
        if (placement.kept(sealed).size() < sealed.replicas().size()) {
            candidates.putIfAbsent(key, now.ns());
        }
    }

    /// Asks about the next segments once all is known of the last, or it takes too long.
    @Override
    public void tick() {
        if (!heartbeats.leadsMetadata()) {
            round = Map.of();
        } else if (round.isEmpty() || now.ns() - roundNs >= Timing.REMOVAL_ANSWER_NS) {
            begin();
        }
    }

    private void begin() {
        Map<SegmentKey, Check> checks = new LinkedHashMap<>();
        round = checks;
        roundNs = now.ns();
        while (checks.size() < MAX_AT_A_TIME && !candidates.isEmpty()) {
            Map.Entry<SegmentKey, Long> first = candidates.entrySet().iterator().next();
            if (now.ns() - first.getValue() < 0) {
                break;
            }
            SegmentKey key = first.getKey();
            candidates.remove(key);
            SealedSegment sealed = placement.sealed(key);
            if (sealed != null
                    && placement.kept(sealed).size() < sealed.replicas().size()) {
                candidates.put(key, now.ns() + Timing.REMOVAL_AGAIN_NS);
                checks.put(
                        key,
                        new Check(sealed.moves(), placement.kept(sealed), new HashSet<>(placement.usable(sealed))));
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
        questions.forEach(
                (replica, asked) -> wholeCopies.ask(replica, asked, segments -> held(checks, replica, segments)));
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
}
