package io.walrus.node.seal;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import io.walrus.node.config.Timing;
import io.walrus.node.membership.Successors;
import io.walrus.node.part.FlushedPart;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerFollower;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.replicate.SealRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Seals open segments whose leader doesn't: fences half of the replicas or more, takes the longest copy's length, sees
/// to it that as many hold that much, and proposes it.
///
/// Any node may do so, several at once, and each as often as it likes: see [Fences] and [SealProposals]. What is
/// interrupted begins anew; nothing of it is remembered. Guarded by the node's lock.
public final class Sealer implements FlushedPart, MetadataFollower, PeerFollower {
    private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);
    /// What is beyond is offered again by those who look for it.
    private static final int MAX_AT_A_TIME = 1_000;

    private static final int MAX_PER_MESSAGE = 500;

    private final SealParticipants participants;
    private final SealProposals proposals;
    private final Successors successors;
    private final SealRules rules;
    private final MetadataView view;
    private final Now now;
    private final Map<SegmentKey, Seal> underWay = new LinkedHashMap<>();
    private final List<SealSegment> toPropose = new ArrayList<>();
    private boolean begun;

    public Sealer(
            SealParticipants participants,
            SealProposals proposals,
            Successors successors,
            SealRules rules,
            MetadataView view,
            Now now) {
        this.participants = participants;
        this.proposals = proposals;
        this.successors = successors;
        this.rules = rules;
        this.view = view;
        this.now = now;
    }

    /// Drops the seals of segments that are not open any more.
    @Override
    public void follow(ClusterState before) {
        underWay.keySet().removeIf(key -> {
            Topic topic = view.state().topic(key.topicId());
            return topic == null || topic.open().number() != key.segment();
        });
    }

    /// Seals a topic's open segment. It begins when the lock is released.
    public void begin(Topic topic) {
        SegmentKey key = new SegmentKey(topic.topicId(), topic.open().number());
        if (underWay.size() < MAX_AT_A_TIME && !underWay.containsKey(key)) {
            underWay.put(key, new Seal(topic, now.ns()));
            begun = true;
        }
    }

    /// The same, without replicas that the operator has given up. So it does not take half of them: what only those
    /// have is lost. All others have to be asked, and those of them that are back.
    ///
    /// @param givenUp their nodes
    void beginWithout(Topic topic, Set<Long> givenUp) {
        SegmentKey key = new SegmentKey(topic.topicId(), topic.open().number());
        Seal seal = underWay.computeIfAbsent(key, _ -> new Seal(topic, now.ns()));
        seal.giveUp(givenUp);
        seal.again(now.ns());
        begun = true;
    }

    /// The operator is told that it takes too long: no node is given up any more.
    void waitForAll(SegmentKey key) {
        Seal seal = underWay.get(key);
        if (seal != null) {
            seal.giveUp(Set.of());
        }
    }

    /// Whether so many of a segment's replicas, sure of what they have, are enough to seal it.
    boolean isSealQuorum(int vouched, int replicas) {
        return rules.isSealQuorum(vouched, replicas);
    }

    /// Whether enough replicas of a topic's open segment can be asked for it to be sealed.
    public boolean canSeal(Topic topic) {
        List<Replica> replicas = topic.open().replicas();
        int reached = 0;
        for (Replica replica : replicas) {
            reached += participants.canAsk(replica) ? 1 : 0;
        }
        return rules.isSealQuorum(reached, replicas.size());
    }

    /// Begins anew what takes too long.
    @Override
    public void tick() {
        for (Seal seal : underWay.values()) {
            long limitNs = seal.step() == Seal.Step.PROPOSED ? Timing.SEAL_PROPOSE_AGAIN_NS : Timing.SEAL_STEP_NS;
            if (seal.step() != Seal.Step.BEGIN && now.ns() - seal.sinceNs() > limitNs) {
                tellIfInDoubt(seal);
                chooseWhoCounts(seal);
                seal.again(now.ns());
                begun = true;
            }
        }
    }

    /// Records that only nodes have from which no other can copy are left behind if the rest is enough for a seal
    /// without them. The link between two nodes may be cut for long, while both are alive.
    private void chooseWhoCounts(Seal seal) {
        if (seal.step() == Seal.Step.FILLING
                && rules.isSealQuorum(seal.vouchedByOthers(), seal.replicas().size())) {
            seal.passOverHolders();
        } else {
            seal.passOverNobody();
        }
    }

    private void tellIfInDoubt(Seal seal) {
        boolean inDoubt = rules.isSealQuorum(seal.answers(), seal.replicas().size()) && seal.vouched() < seal.answers();
        if (seal.step() == Seal.Step.FENCING && inDoubt && seal.firstWait()) {
            LOG.warn(
                    "segment {} waits for nodes {}: machines that store it restarted, and its end may be missing there",
                    seal.key(),
                    silent(seal));
        }
    }

    /// A node is connected again: asks it for its fences, too.
    @Override
    public void up(Peer peer) {
        for (Seal seal : underWay.values()) {
            if (seal.step() == Seal.Step.FENCING) {
                seal.again(now.ns());
                begun = true;
            }
        }
    }

    /// Asks for the fences, and proposes the lengths, of what came up meanwhile.
    @Override
    public void flush() {
        if (begun) {
            begun = false;
            fence();
        }
        if (!toPropose.isEmpty()) {
            proposals.propose(List.copyOf(toPropose));
            toPropose.clear();
        }
    }

    private void fence() {
        Map<Replica, List<Seal>> byReplica = new LinkedHashMap<>();
        for (Seal seal : underWay.values()) {
            if (seal.step() == Seal.Step.BEGIN) {
                seal.go(Seal.Step.FENCING, now.ns());
                for (Replica replica : seal.replicas()) {
                    byReplica.computeIfAbsent(replica, _ -> new ArrayList<>()).add(seal);
                }
            }
        }
        byReplica.forEach((replica, seals) -> {
            for (int from = 0; from < seals.size(); from += MAX_PER_MESSAGE) {
                fence(replica, List.copyOf(seals.subList(from, Math.min(seals.size(), from + MAX_PER_MESSAGE))));
            }
        });
        // Where no copy is left, none answers.
        for (Seal seal : underWay.values()) {
            if (seal.step() == Seal.Step.FENCING && seal.answers() == 0 && isEnough(seal)) {
                settle(seal);
            }
        }
    }

    private void fence(Replica replica, List<Seal> seals) {
        List<SegmentKey> keys = seals.stream().map(Seal::key).toList();
        Map<SegmentKey, Integer> attempts = new LinkedHashMap<>();
        seals.forEach(seal -> attempts.put(seal.key(), seal.attempt()));
        Consumer<List<CopyLength>> answer = lengths -> lengths.forEach(length -> {
            Seal seal = underWay.get(length.segment());
            if (seal != null && Integer.valueOf(seal.attempt()).equals(attempts.get(length.segment()))) {
                fenced(seal, replica.nodeId(), length);
            }
        });
        participants.fence(replica, keys, answer);
    }

    private void fenced(Seal seal, long nodeId, CopyLength length) {
        seal.answered(nodeId, length);
        switch (seal.step()) {
            case FENCING -> {
                if (isEnough(seal)) {
                    settle(seal);
                }
            }
            case FILLING -> proposeIfHeld(seal);
            case BEGIN, PROPOSED -> {}
        }
    }

    private void settle(Seal seal) {
        CopyLength chosen = seal.choose();
        if (!seal.givenUp().isEmpty()) {
            LOG.warn(
                    "segment {} is sealed at {} entries, as the operator has given up its copies on nodes {}",
                    seal.key(),
                    chosen.entries(),
                    seal.givenUp());
        } else if (!rules.isSealQuorum(seal.vouched(), seal.replicas().size())) {
            LOG.warn("segment {} is sealed with what the machines that store it kept when they restarted", seal.key());
        }
        seal.go(Seal.Step.FILLING, now.ns());
        fill(seal);
    }

    /// Whether the longest of the copies told of has all that was acknowledged: enough are sure of that, or else
    /// nobody who is left knows more. Of copies in doubt each may lack what others have.
    private boolean isEnough(Seal seal) {
        int replicas = seal.replicas().size();
        return rules.isSealQuorum(seal.vouched(), replicas)
                || (!seal.givenUp().isEmpty() && isAllThatIsLeft(seal))
                || (rules.isSealQuorum(seal.answers(), replicas) && silent(seal).isEmpty());
    }

    /// Whether all replicas have answered but those that were given up and can't be asked.
    private boolean isAllThatIsLeft(Seal seal) {
        return seal.replicas().stream()
                .allMatch(replica -> seal.hasAnswered(replica.nodeId())
                        || (seal.givenUp().contains(replica.nodeId()) && !participants.isThere(replica)));
    }

    /// The nodes that store the segment, as far as there still are such, and have not answered.
    private List<Long> silent(Seal seal) {
        return seal.replicas().stream()
                .filter(replica -> participants.hasDisk(replica) && !seal.hasAnswered(replica.nodeId()))
                .map(Replica::nodeId)
                .toList();
    }

    /// Has shorter copies made as long as the longest, as many as are needed.
    private void fill(Seal seal) {
        if (proposeIfHeld(seal)) {
            return;
        }
        long from = seal.holders().iterator().next();
        int held = seal.holders().size();
        for (Long nodeId : seal.shorter()) {
            if (rules.isSealQuorum(held, seal.replicas().size())) {
                return;
            }
            fill(seal, nodeId, from);
            held++;
        }
    }

    private void fill(Seal seal, long nodeId, long from) {
        int attempt = seal.attempt();
        long upTo = seal.longest().records();
        Consumer<Boolean> ended = isDone -> {
            if (isDone && seal.attempt() == attempt && seal.step() == Seal.Step.FILLING) {
                seal.holders().add(nodeId);
                proposeIfHeld(seal);
            }
        };
        participants.fill(nodeId, seal.key(), upTo, from, ended);
    }

    private boolean proposeIfHeld(Seal seal) {
        boolean isHeld = !rules.copiesTail()
                || (!seal.givenUp().isEmpty() && seal.holders().size() == seal.answers())
                || rules.isSealQuorum(seal.holders().size(), seal.replicas().size());
        if (!isHeld || underWay.get(seal.key()) != seal) {
            return false;
        }
        seal.go(Seal.Step.PROPOSED, now.ns());
        CopyLength length = seal.longest();
        CursorPosition cursor = length.cursor();
        List<Replica> next = successors.after(seal.leader());
        toPropose.add(new SealSegment(
                seal.key().topicId(),
                seal.key().segment(),
                length.records(),
                length.entries(),
                length.bytes(),
                cursor == null ? Map.of() : Map.of(CursorPosition.SHARED, cursor),
                next.getFirst().nodeId(),
                next));
        return true;
    }
}
